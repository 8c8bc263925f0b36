package endpoints

import "slices"

// Type is a kind of event.
type Type string

// The kinds of events.
const (
	MessageReceived   Type = "message.received"
	MessageSent       Type = "message.sent"
	MessageDelivered  Type = "message.delivered"
	MessageFailed     Type = "message.failed"
	ConversationEnded Type = "conversation.ended"
	ConsentChanged    Type = "consent.changed"
	OrderPlaced       Type = "order.placed"
	OrderChanged      Type = "order.changed"
	CouponRedeemed    Type = "coupon.redeemed"
	// Ping is sent on demand only.
	Ping Type = "endpoint.ping"
)

// Types lists what an endpoint can be told.
func Types() []Type {
	return []Type{MessageReceived, MessageSent, MessageDelivered, MessageFailed, ConversationEnded, ConsentChanged, OrderPlaced, OrderChanged, CouponRedeemed}
}

// Valid reports whether an endpoint can be told of the type.
func (t Type) Valid() bool { return slices.Contains(Types(), t) }
