package programs

import "time"

// Webhook is another system that conversations ask by the action `webhook`.
type Webhook struct {
	Name    string        `key:"name" required:"true" is:"name" max:"40"`
	URL     string        `key:"url" required:"true" is:"url" max:"500"`
	Secret  string        `key:"secret" max:"100" secret:"true"` // signs the calls; empty: they are not signed
	Timeout time.Duration `key:"timeout" default:"10s" min:"100ms" max:"30s"`
	Tries   int           `key:"tries" default:"3" min:"1" max:"10"`
	Private bool          `key:"private" default:"false"` // it may stand in a private network

	at positions
}

func (w *Webhook) kind() string             { return "webhook" }
func (w *Webhook) key() string              { return w.Name }
func (w *Webhook) position() positions      { return w.at }
func (w *Webhook) setPosition(at positions) { w.at = at }
