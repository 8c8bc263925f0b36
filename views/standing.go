package views

import (
	"context"
	"encoding/json"
	"time"

	"repartee/contacts"
	"repartee/sms"
)

// Standing is what is known of a phone's consent.
type Standing struct {
	Programs []ProgramStanding
	Stops    []sms.ShortCode // codes that the phone has stopped
	Listed   []Listed
	Ledger   []LedgerLine
}

// ProgramStanding is a phone's consent to one program.
type ProgramStanding struct {
	Program string
	State   string
	Since   time.Time
}

// Listed is an entry of the suppression list.
type Listed struct {
	Scope   string
	ScopeID int32
	Since   time.Time
	Until   *time.Time // end of a pause
	Reason  string
}

// LedgerLine is an entry of the ledger, as people read it.
type LedgerLine struct {
	ID      sms.ID
	Code    sms.ShortCode
	Program string
	Event   string
	Scope   string
	Text    string         // what the phone wrote
	Facts   map[string]any // shown, matched_by, actor, by, reason, message, rule, at
}

// Erased counts what an erasure deleted, by table.
type Erased map[string]int64

// Consents is the standing of phones and the list of those that must not be
// written to. Its methods are safe for concurrent use.
type Consents interface {
	// Show returns a phone's standing with its ledger, oldest entry first; also
	// what is kept of an erased phone.
	Show(ctx context.Context, phone sms.MSISDN) (Standing, error)
	// Suppress puts entries on the list and returns how many were new.
	Suppress(ctx context.Context, rows []contacts.Suppression, actor, by string, now time.Time) (int64, error)
	// Lift takes a phone off the list.
	Lift(ctx context.Context, phone sms.MSISDN, by, reason string, now time.Time) (int64, error)
	// Suppressions returns the whole list.
	Suppressions(ctx context.Context) ([]contacts.Suppression, error)
	// Import takes people; those that are listed are refused.
	Import(ctx context.Context, rows []contacts.Contact, by string, now time.Time) (taken int, refused []contacts.Bad, err error)
	// Save makes a contact or changes it. Over is when it was changed last, as the
	// writer has seen it; zero: it must be new. [ErrChanged] when that is not so.
	Save(ctx context.Context, c Contact, over time.Time) (time.Time, error)
	// Export returns everything stored about a phone, by table.
	Export(ctx context.Context, phone sms.MSISDN) (map[string]json.RawMessage, error)
	// Erase deletes everything about a phone but its refusals.
	Erase(ctx context.Context, phone sms.MSISDN, by, reason string, now time.Time) (Erased, error)
}
