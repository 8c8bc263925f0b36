package smpp

import (
	"sync"
	"sync/atomic"
	"time"

	"repartee/smpp/pdu"
)

// counts is an Observer that counts.
type counts struct {
	submitted, responded, unanswered, delivered, answered, late, unknown atomic.Int64

	mu     sync.Mutex
	states []State
	paces  []float64
}

var _ Observer = (*counts)(nil)

func newCounts() *counts { return &counts{} }

func (c *counts) Submitted()                          { c.submitted.Add(1) }
func (c *counts) Responded(pdu.Status, time.Duration) { c.responded.Add(1) }
func (c *counts) Unanswered(OutcomeKind)              { c.unanswered.Add(1) }
func (c *counts) Delivered()                          { c.delivered.Add(1) }
func (c *counts) Answered(pdu.Status)                 { c.answered.Add(1) }
func (c *counts) LateResponse()                       { c.late.Add(1) }
func (c *counts) UnknownResponse(pdu.Command)         { c.unknown.Add(1) }

func (c *counts) BindState(info BindInfo) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.states = append(c.states, info.State)
}

func (c *counts) Paced(segments float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.paces = append(c.paces, segments)
}
