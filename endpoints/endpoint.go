package endpoints

import (
	"errors"
	"net/netip"
	"net/url"
	"time"
)

// Endpoint is an address that is told what happened.
type Endpoint struct {
	ID          int64
	Name        string
	URL         string
	Events      []Type
	Programs    []string  // empty: all
	IncludeText bool      // what people and programs wrote is told as well
	Private     bool      // it may stand in a private network
	Secret      string    // empty: it was sealed with a key that is not there any more
	OldSecret   string    // still good after a rotation
	OldUntil    time.Time // zero: there is none
	CreatedBy   string
	CreatedAt   time.Time
	DisabledAt  time.Time // zero: it is told
	DisabledBy  string    // empty: it answered that it is gone
	Health
}

// Health is how the last deliveries went.
type Health struct {
	LastSuccessAt time.Time
	FailingSince  time.Time // zero: the last delivery went well
	LastError     string
}

// Secrets are those that sign at that moment, the newest first.
func (e *Endpoint) Secrets(now time.Time) []string {
	if e.OldSecret != "" && now.Before(e.OldUntil) {
		return []string{e.Secret, e.OldSecret}
	}
	return []string{e.Secret}
}

// Rotate gives the endpoint another secret; the one before stays good for a while.
func (e *Endpoint) Rotate(secret string, until time.Time) {
	if e.OldSecret, e.OldUntil = e.Secret, until; e.OldSecret == "" {
		e.OldUntil = time.Time{}
	}
	e.Secret = secret
}

// CheckURL returns what is wrong with the endpoint's address.
func (e *Endpoint) CheckURL() error {
	u, err := url.Parse(e.URL)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		return errors.New("this is no address: write one such as https://crm.example.com/sms")
	case u.User != nil:
		return errors.New("an address has no name and password: the signature proves who sends")
	case u.Scheme == "http" && !e.Private:
		return errors.New("phone numbers cross the internet by https only: http is for endpoints in a private network")
	}
	if a, err := netip.ParseAddr(u.Hostname()); err == nil && !e.Private && !Public(a) {
		return errors.New("this address stands in a private network, which the endpoint does not allow")
	}
	return nil
}
