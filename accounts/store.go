package accounts

import (
	"context"
	"errors"
	"time"
)

// ErrNotFound says that there is no such account, session, key or link (any
// more).
var ErrNotFound = errors.New("there is none")

// ErrTaken says that an e-mail address has an account already.
var ErrTaken = errors.New("this e-mail address has an account already")

// ErrWrong says that an e-mail address and a password, or a code, do not go
// together.
var ErrWrong = errors.New("the e-mail address and the password do not go together")

// ErrLastOwner says that a change would leave nobody who can give rights.
var ErrLastOwner = errors.New("this is the last owner: make somebody else an owner first")

// User is a person with an account.
type User struct {
	ID         int64
	Email      string // in small letters
	Name       string
	Role       Role
	Programs   []string // empty: all
	Password   string   // its hash, empty: none yet
	TOTP       string   // the secret of the second factor, empty: none
	NewTOTP    string   // one that is not confirmed yet
	TOTPStep   int64    // the step used last
	Recovery   [][]byte // hashes of the codes that are left
	Failed     int      // attempts to sign in since the last good one
	FailedAt   time.Time
	CreatedAt  time.Time
	DisabledAt time.Time // zero: the account is in use
}

// Caller is the user as one who asks for something.
func (u *User) Caller() *Caller {
	return &Caller{Name: u.Email, Role: u.Role, User: u.ID, Programs: u.Programs}
}

// Session is a person who is signed in. Times are UTC.
type Session struct {
	ID        int64
	User      int64
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
	Address   string
	Agent     string // the browser, as it calls itself
}

// Key lets a program use the API.
type Key struct {
	ID        int64
	Name      string
	Hint      string // its first characters
	Role      Role
	Programs  []string
	CreatedBy string
	CreatedAt time.Time
	ExpiresAt time.Time // zero: never
	UsedAt    time.Time
	RevokedAt time.Time
}

// Caller is the key as one who asks for something.
func (k *Key) Caller() *Caller {
	return &Caller{Name: "key:" + k.Name, Role: k.Role, Key: k.ID, Programs: k.Programs}
}

// Entry is one line of the audit log. Before and After are JSON, nil for none.
type Entry struct {
	ID            int64
	At            time.Time
	Caller        string
	Action        string // created, changed, deleted, signed in …
	Object        string // kind and key, such as "keyword 36111 pizza"
	Program       string
	Before, After []byte
	Address       string
	Request       string
}

// Request is one that carried an idempotency key.
type Request struct {
	Caller, Key string
	Digest      []byte // SHA-256 of what was asked
	ID          int64  // of what it makes
	Answer      []byte // nil until it was carried out
	At          time.Time
}

// Store keeps accounts. Its methods are safe for concurrent use.
type Store interface {
	// Owners counts the owners that can sign in.
	Owners(ctx context.Context) (int, error)
	Users(ctx context.Context) ([]User, error)
	User(ctx context.Context, id int64) (*User, error)
	UserByEmail(ctx context.Context, email string) (*User, error)
	// AddUser gives the new user's id.
	AddUser(ctx context.Context, u *User) (int64, error)
	// ChangeUser changes a user under a lock; f may refuse.
	ChangeUser(ctx context.Context, id int64, f func(*User) error) error

	AddLink(ctx context.Context, t Token, user int64, until time.Time) error
	// TakeLink uses a link, once, and returns its user; 0 is the first owner.
	TakeLink(ctx context.Context, t Token, now time.Time) (user int64, err error)

	AddSession(ctx context.Context, t Token, s *Session) error
	// SessionUser finds who is signed in, and notes that she was seen.
	SessionUser(ctx context.Context, t Token, now time.Time) (*User, *Session, error)
	Sessions(ctx context.Context, user int64, now time.Time) ([]Session, error)
	// EndSession ends one session of a user, 0 all of them.
	EndSession(ctx context.Context, user, session int64) error

	AddKey(ctx context.Context, t Token, k *Key) (int64, error)
	KeyOf(ctx context.Context, t Token, now time.Time) (*Key, error)
	Keys(ctx context.Context) ([]Key, error)
	RevokeKey(ctx context.Context, id int64, now time.Time) error

	// Begin notes a request and returns the first one of its caller and key,
	// which is itself the first time.
	Begin(ctx context.Context, r Request) (Request, error)
	// Finish notes what a request was answered.
	Finish(ctx context.Context, r Request) error

	Log(ctx context.Context, e *Entry) error
	// Entries lists the log, newest first, before an id (0: from the newest); of
	// an object, or of all (""); of some programs, or of everything (none named).
	Entries(ctx context.Context, object string, programs []string, before int64, limit int) ([]Entry, error)
}
