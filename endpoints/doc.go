// Package endpoints tells the systems of integrators what happened: event
// endpoints get signed notices of messages, conversations, consents, orders and
// coupons, as Standard Webhooks describes them. (The webhooks of flows are
// something else: a conversation asks there and waits for the answer.)
//
// It owns the kinds of events, the signature, the schedule of tries and the
// deliverer. Where events come from and where deliveries are kept is the
// business of a [Queue], how a request is made that of a [Sender].
//
// An event is delivered at least once: who gets one twice knows it by its
// webhook-id. An endpoint that is slow or broken delays no other.
package endpoints
