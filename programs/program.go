package programs

import (
	"time"

	"repartee/dialogs"
	"repartee/sms"
)

// Program is one brand's service on a short code, in the CTIA sense: what a
// consumer opts in to, and out of.
type Program struct {
	ID   int32  `key:"-"`
	Name string `key:"name" required:"true" is:"name" max:"40"`

	Brand     string   `key:"brand" required:"true" max:"40"`
	Title     string   `key:"title" max:"40"`                   // what answers call the program; default: nothing but the brand
	Contact   string   `key:"contact" required:"true" max:"60"` // customer care: a free phone number or an e-mail address
	Country   string   `key:"country" required:"true" is:"country"`
	Languages []string `key:"languages" required:"true" is:"language"`     // the first is the default
	Currency  string   `key:"currency" is:"currency"`                      // default: the country's
	Price     float64  `key:"segment_price" default:"0" min:"0" max:"100"` // of a segment to a phone, in Currency; 0: not known
	TimeZone  string   `key:"time_zone" required:"true" is:"zone"`
	TermsURL  string   `key:"terms_url" is:"url"`

	Consent      string     `key:"consent" default:"single" oneof:"single double"` // what marketing needs
	QuietHours   QuietHours `key:"quiet_hours" default:"country"`
	Frequency    Frequency  `key:"frequency"`
	CrossCode    bool       `key:"cross_code" default:"false"` // an opt-out from one code stops every code of the brand
	SurvivesStop string     `key:"survives_stop" max:"200"`    // a written reason lets transactional messages through after STOP

	Staff   map[string][]sms.MSISDN `key:"staff" is:"group"` // groups that a flow can notify
	Answers Answers                 `key:"answers"`          // over the built-in texts
	Canned  []Canned                `key:"canned"`           // answers that people have at hand

	Zone      *time.Location `key:"-"` // TimeZone, compiled
	Menu      []dialogs.Item `key:"-"` // of its catalogue, compiled
	Postcodes []string       `key:"-"` // that its catalogue delivers to

	at positions
}

// Canned is an answer that people who answer by hand need often.
type Canned struct {
	Title string `key:"title" required:"true" max:"40" json:"title"`
	Text  string `key:"text" required:"true" max:"1600" json:"text"`
}

// Frequency limits marketing messages to one phone; 0 sets no limit.
type Frequency struct {
	PerDay   int `key:"per_day" default:"0" min:"0" max:"1000"`
	PerWeek  int `key:"per_week" default:"0" min:"0" max:"1000"`
	PerMonth int `key:"per_month" default:"0" min:"0" max:"1000"`
}

// QuietHours says when marketing may be sent: Profile names the strict default
// of the recipient's country ("country") or a profile such as FR-charter; else
// Days and Holidays are the program's own windows.
type QuietHours struct {
	Profile  string            `key:"-"`
	Days     map[string]string `key:"days" required:"true"`                          // mon-sat: "09:00-20:00"
	Holidays string            `key:"holidays" default:"closed" oneof:"closed open"` // public holidays of the recipient's country
}
