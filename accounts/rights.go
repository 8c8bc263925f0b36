package accounts

import "slices"

// Role is what somebody is to the installation.
type Role string

// The roles, from all rights to few.
const (
	Owner   Role = "owner"   // everything, people and keys included
	Manager Role = "manager" // everything but people and keys
	Editor  Role = "editor"  // writes conversations, keywords and offers
	Agent   Role = "agent"   // answers people and looks after orders
	Viewer  Role = "viewer"  // looks
)

// Roles lists the roles, the mightiest first.
func Roles() []Role { return []Role{Owner, Manager, Editor, Agent, Viewer} }

// Valid reports whether the role is one.
func (r Role) Valid() bool { return slices.Contains(Roles(), r) }

// Right is one thing that a role may or may not do.
type Right string

// The rights.
const (
	Read         Right = "read"          // configuration, figures, conversations with phones masked
	SeePhones    Right = "see-phones"    // whole numbers and what was written
	Edit         Right = "edit"          // flows, keywords, places, offers, answers
	Answer       Right = "answer"        // hand-offs, orders, coupons at a till
	Send         Right = "send"          // messages, starts, events
	ChangePeople Right = "change-people" // contacts, consents, suppressions, reviews, erasure
	Operate      Right = "operate"       // carriers, short codes, programs, webhooks
	Audit        Right = "audit"         // who did what
	Administer   Right = "administer"    // accounts and keys
)

var rights = map[Role][]Right{
	Owner:   {Read, SeePhones, Edit, Answer, Send, ChangePeople, Operate, Audit, Administer},
	Manager: {Read, SeePhones, Edit, Answer, Send, ChangePeople, Operate, Audit},
	Editor:  {Read, Edit},
	Agent:   {Read, SeePhones, Answer},
	Viewer:  {Read},
}

// Rights lists what a role may do.
func (r Role) Rights() []Right { return slices.Clone(rights[r]) }

// Caller is who asks for something: a person by a session, or a program by its
// key.
type Caller struct {
	Name string // for the record: an e-mail address, or key:NAME
	Role Role
	User int64 // 0 for a key
	Key  int64 // 0 for a person
	// Programs narrows the rights to these programs; empty: all.
	Programs []string
}

// May reports whether the caller has a right, for some program at least.
func (c *Caller) May(right Right) bool { return c != nil && slices.Contains(rights[c.Role], right) }

// Within reports whether the caller's rights reach a program; what belongs to
// none (carriers, accounts) is reached only by those who are not narrowed.
func (c *Caller) Within(program string) bool {
	return c != nil && (len(c.Programs) == 0 || program != "" && slices.Contains(c.Programs, program))
}
