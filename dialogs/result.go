package dialogs

import (
	"time"

	"repartee/sms"
)

// Result is what a step decided. When Ask is set, nothing else counts: answer
// it inside the transaction and call Step again with the answer appended.
type Result struct {
	// Talks are the phone's open conversations after the turn, front first.
	Talks []Talk
	Begun []Begun
	Ended []Ended
	// Messages are to be sent in this order.
	Messages []Message
	// Effects are to be performed after the commit, at least once.
	Effects []Effect
	// Language is the thread's language from now on.
	Language string
	// Contact holds the fields of the contact to be written; nil for none.
	Contact map[string]any
	// Rule says which step of the list of precedence took the input:
	// "front", "older", "keyword", "loose", "keyword-typo", "any", "else",
	// "fallback", "unknown", "timer", "start", "event", "task", "person", "webhook", "published".
	Rule string
	// Trace is the list of what happened, for people who ask why:
	// "flow/state>event" for each transition.
	Trace []string
	// Wake is the earliest deadline of all conversations, zero for none.
	Wake time.Time
	// Ask is a question to the caller's transaction.
	Ask *Ask
	// Released are the indices of the answers whose effect must be given back
	// in the same transaction: the step went another way, or failed.
	Released []int

	// finals are the conversations that ended, as they were then: what a
	// golden conversation looks at.
	finals []Talk
}

// Begun is a conversation that this turn began.
type Begun struct {
	ID      sms.ID
	Program string
	Flow    string
	Version int
	By      string
}

// Ended is a conversation that this turn ended. Reason is for people: which
// limit, which error; it is empty for outcomes that the flow names.
type Ended struct {
	ID      sms.ID
	Outcome string
	Reason  string
}

// Message is a text to the phone, or (Standard set) the program's answer of
// that name: "unknown" or "sorry".
type Message struct {
	Text     string // behind a standard text: what it is about
	Language string
	// Class is Reply for an answer to the text being handled, else the class
	// of the state or the flow.
	Class    sms.Class
	Talk     sms.ID
	Program  string
	Standard string
}

// Effect is what is to be done beside the messages. Key tells one effect of a
// conversation from another and is the same in a replay: the idempotency key.
// Action and its Data:
//
//   - "notify" {staff, text, language, program; with answers also notice, flow,
//     version, events: the names of the events that an answer may raise}
//   - "track" {event, …}, "tag" and "untag" {tags}
//   - "subscribe", "unsubscribe" {program}: carried out in the transaction
//   - "start" {flow, to: MSISDN as text, inputs, at: RFC 3339 or absent}
//   - "webhook" {name, send: {…}}: answered by [Called] with the effect's Key
//   - "handoff" {group, within: seconds}: a person is wanted; ended by the
//     events handoff.done and handoff.away
//   - "forward" {group, text}: a text of the phone for the person
//   - "review" (nil): the conversation has given up on unmatched texts and a
//     person should look
type Effect struct {
	Action string
	Talk   sms.ID
	Key    string
	Data   map[string]any
}

// Ask is a question that only the caller's transaction can answer, exactly
// once. Values of Data are those that [Values] may hold. Action, its Data, the
// failing results and the data of its answer:
//
//   - "issue" {offer, for?, at?, send?: {…}}: limit, empty, closed → {code, url,
//     until: a datetime, title, again: a flag}
//   - "redeem" {code}: used, expired, unknown → {title, amount: money, at: a
//     datetime, reason}
//   - "points" {add?, take?, for?}: short → {balance}
//   - "vote" {poll, choice}: again, late, unknown → {number, title, closed}
//   - "draw" {game, code?}: lost, limit, over, unknown → {prize, code, proof}
//   - "refer" {by?}: own, again, unknown → {code} or {msisdn}
//   - "lookup" {in: places|items|orders, for, item?, limit}: none → {list:
//     [{name, title, price, distance, hours, address, postcode …}]}
//   - "order" {lines: [line …], total, to?, at?, when?, note?}: refused →
//     {number, total, url, reason}
//   - "reserve" {item, at?}: refused → {number, reason}
//   - "load" {which: usual|last}: none → {lines: [line …]}
//   - "task" {task: the task's id as text, event, text}: taken → {}: a staff
//     phone answers its task
type Ask struct {
	Action string
	Talk   sms.ID
	// Program, Place and Language of the conversation.
	Program  string
	Place    string
	Language string
	Data     map[string]any
}
