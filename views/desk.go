package views

import (
	"context"
	"time"

	"repartee/dialogs"
	"repartee/sms"
)

// Handoff is a conversation that waits for a person, or has one.
type Handoff struct {
	Talk     sms.ID
	Thread   sms.Thread
	Program  string
	Group    string
	OpenedAt time.Time
	TakenBy  string // empty: nobody yet
}

// Line is a text of a conversation's thread.
type Line struct {
	At    time.Time
	Phone bool // the phone wrote it
	Text  string
}

// Handoffs is for the people who answer. Its methods are safe for concurrent
// use; they return a [NotFoundError] for a conversation that waits for nobody.
type Handoffs interface {
	// List returns the open hand-offs, oldest first; of one group, or of all ("").
	List(ctx context.Context, group string) ([]Handoff, error)
	// Show returns a hand-off with the newest texts of its thread, oldest first.
	Show(ctx context.Context, talk sms.ID, lines int) (Handoff, []Line, error)
	// Say sends a text of a person to the phone. The first one takes the
	// conversation: a [RefusedError] when somebody else has it.
	Say(ctx context.Context, talk sms.ID, by, text string, now time.Time) error
	// Done hands a conversation back to its flow.
	Done(ctx context.Context, talk sms.ID, now time.Time) error
}

// Review is a reading of a text that a person should look at, or has.
type Review struct {
	ID       sms.ID
	Thread   sms.Thread
	Kind     string // opt-out, wrong-number, unclear
	Rule     string
	Text     string
	OpenedAt time.Time
	ClosedAt time.Time // zero while it is open
	Decision string    // kept or undone
	ClosedBy string
	Reason   string
}

// Reviews is the tray of readings. Its methods are safe for concurrent use.
type Reviews interface {
	// Reviews returns the open readings, oldest first; or all of them.
	Reviews(ctx context.Context, all bool) ([]Review, error)
	// Review returns one reading.
	Review(ctx context.Context, id sms.ID) (Review, error)
	// Decide closes a review: kept leaves things as the gateway read them,
	// undone restores what stood before.
	Decide(ctx context.Context, id sms.ID, undo bool, by, reason string, now time.Time) error
}

// Order is an order of a phone.
type Order struct {
	Program  string
	Number   int
	Thread   sms.Thread
	Place    string
	Address  string // empty: it is picked up
	WantedAt *time.Time
	Note     string
	Lines    string // "2 Reine grande, 1 Coca"
	Total    dialogs.Money
	State    string
	PlacedAt time.Time
}

// OrderStates are what a shop can make of an order, in their order.
func OrderStates() []string { return []string{"accepted", "refused", "ready", "leaving", "done"} }

// Redeemed is what a till learns of a coupon.
type Redeemed struct {
	Offer, Program, Title string
	Amount                dialogs.Money
	Variant, Place        string // what it was issued for
}

// Orders is for shops and their tills. Its methods are safe for concurrent use.
type Orders interface {
	// Orders lists the orders of a program, or of all ("") that are not finished
	// yet, oldest first; with all, the finished ones too.
	Orders(ctx context.Context, program string, all bool) ([]Order, error)
	// Change moves an order on and tells its conversation, with the minutes of
	// an accepted one or the reason of a refused one.
	Change(ctx context.Context, program string, number int, state, by string, data map[string]any, now time.Time) error
	// Redeem uses a coupon of one of the programs, or of any (none named), at a
	// till, once; the error says why it is not good.
	Redeem(ctx context.Context, programs []string, code, till, place string, now time.Time) (Redeemed, error)
}
