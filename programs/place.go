package programs

import (
	"slices"
	"time"
)

// Place is a shop, stand or restaurant: where a keyword stands, and whose
// stock and hours count.
type Place struct {
	ID       int32             `key:"-"`
	Name     string            `key:"name" required:"true" is:"name" max:"40"`
	Title    string            `key:"title" required:"true" max:"60"`
	Address  string            `key:"address" max:"160"`
	Postcode string            `key:"postcode" max:"12"`
	Country  string            `key:"country" is:"country"`
	Hours    string            `key:"hours" max:"60"`    // as people read it
	Open     map[string]string `key:"open" is:"opening"` // mon-fri: "09:00-19:00"; days that are not named are closed
	TimeZone string            `key:"time_zone" is:"zone"`

	Zone *time.Location `key:"-"` // TimeZone, compiled; UTC where none is given

	at positions
}

func (p *Place) kind() string             { return "place" }
func (p *Place) key() string              { return p.Name }
func (p *Place) position() positions      { return p.at }
func (p *Place) setPosition(at positions) { p.at = at }

// OpenAt reports whether the place is open at the moment; one whose hours are
// not given always is.
func (p *Place) OpenAt(at time.Time) bool {
	if len(p.Open) == 0 {
		return true
	}
	at = at.In(p.Zone)
	clock := time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute
	for days, hours := range p.Open {
		on, _ := ParseDays(days) // checked when it was read, like the hours
		if !slices.Contains(on, at.Weekday()) || hours == "closed" {
			continue
		}
		if opens, ends, err := ParseHours(hours); err == nil && opens <= clock && clock < ends {
			return true
		}
	}
	return false
}
