package programs

import (
	"time"

	"repartee/sms"
)

// Shop is one set of configuration objects: what files name, or what the
// database holds. Its slices are in the order of their keys once read.
type Shop struct {
	Version    int64           `key:"-"` // config.version at which it was read; 0 for files
	Carriers   []*Carrier      `key:"carriers"`
	Programs   []*Program      `key:"programs"`
	ShortCodes []*ShortCode    `key:"short_codes"`
	Keywords   []*Keyword      `key:"keywords"`
	Flows      []*Flow         `key:"flows"`
	Places     []*Place        `key:"places"`
	Webhooks   []*Webhook      `key:"webhooks"`
	Fields     []*ContactField `key:"contact_fields"`
	Offers     []*Offer        `key:"offers"`
	Catalogues []*Catalogue    `key:"catalogues"`
	Polls      []*Poll         `key:"polls"`
	Games      []*Game         `key:"games"`
}

// ShortCode is a number that people text to.
type ShortCode struct {
	Number   sms.ShortCode `key:"number" required:"true"`
	Country  string        `key:"country" required:"true" is:"country"`
	Carriers []string      `key:"carriers" required:"true"` // an MT without a last carrier takes the first that is up
	Program  string        `key:"program" required:"true"`  // whose answers apply when no conversation says otherwise
	Fallback string        `key:"fallback"`                 // flow that takes texts which nothing understands
	SMSPlus  bool          `key:"sms_plus" default:"false"` // a surcharged French code (SMS+ charter)

	at positions
}

// Keyword is a word that people text to a short code, and what it starts.
type Keyword struct {
	ShortCode sms.ShortCode     `key:"short_code" required:"true"`
	Word      string            `key:"word" required:"true" max:"40"`
	Aliases   []string          `key:"aliases"`
	Program   string            `key:"program" required:"true"`
	Flow      string            `key:"flow" required:"true"`
	Language  string            `key:"language" is:"language"`
	Place     string            `key:"place"`
	Inputs    map[string]string `key:"inputs"`
	From      string            `key:"from" is:"moment"`  // wall clock in TimeZone; with neither: always
	Until     string            `key:"until" is:"moment"` // not included
	Days      string            `key:"days" is:"days"`    // mon-fri, or mon,wed
	Hours     string            `key:"hours" is:"hours"`  // 08:00-14:30
	TimeZone  string            `key:"time_zone" is:"zone"`

	at positions
}

// Flow is a version of a flow: its source, and what becomes of conversations
// on the version before.
type Flow struct {
	Name      string    `key:"-"` // the `flow:` of its source
	Version   int       `key:"-"` // 0 until stored
	File      string    `key:"-"` // where the source was read; empty from the database
	Source    string    `key:"-"`
	Open      Open      `key:"open"`
	Published time.Time `key:"-"`
	By        string    `key:"-"` // who publishes it
	// Pinned is the version that new conversations begin on whatever was
	// published since, 0 for none, and PinnedSource its source.
	Pinned       int    `key:"-"`
	PinnedSource string `key:"-"`

	at             positions
	lines, columns int // by which an inline flow is shifted in File
}

// Open says what becomes of conversations on the version before: they finish
// on it, move (Move: old state → new state), or end with the text End. Not
// decided is finish, as long as no state with a conversation in it changes.
type Open struct {
	Policy string            `key:"-"` // finish, move or end; empty: not decided
	Move   map[string]string `key:"-"`
	End    string            `key:"-"`
}
