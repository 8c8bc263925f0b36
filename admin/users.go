package admin

import (
	"context"
	"slices"
	"strconv"
	"time"

	"repartee/accounts"
)

// linkLives is how long an invitation is good.
const linkLives = 3 * 24 * time.Hour

// Person is somebody with an account.
type Person struct {
	ID        string        `json:"id"`
	Email     string        `json:"email"`
	Name      string        `json:"name"`
	Role      accounts.Role `json:"role"`
	Programs  []string      `json:"programs" doc:"empty: all"`
	TOTP      bool          `json:"totp" doc:"a second factor is in use"`
	Invited   bool          `json:"invited" doc:"no password was chosen yet"`
	Disabled  bool          `json:"disabled"`
	CreatedAt time.Time     `json:"created_at"`
	Link      string        `json:"link,omitempty" doc:"shown once: where the person chooses a password"`
}

func person(u *accounts.User) Person {
	p := Person{
		ID: strconv.FormatInt(u.ID, 10), Email: u.Email, Name: u.Name, Role: u.Role, Programs: u.Programs, TOTP: u.TOTP != "", Invited: u.Password == "",
		Disabled: !u.DisabledAt.IsZero(), CreatedAt: u.CreatedAt.UTC(),
	}
	if p.Programs == nil {
		p.Programs = []string{}
	}
	return p
}

func (s *Server) listUsers(ctx context.Context, _ *nothing) (*answer[list[Person]], error) {
	users, err := s.Accounts.Users(ctx)
	out := list[Person]{Items: []Person{}}
	for i := range users {
		out.Items = append(out.Items, person(&users[i]))
	}
	return &answer[list[Person]]{out}, err
}

// Invitation is a new person.
type Invitation struct {
	Email    string        `json:"email" format:"email" maxLength:"200"`
	Name     string        `json:"name" minLength:"1" maxLength:"100"`
	Role     accounts.Role `json:"role" enum:"owner,manager,editor,agent,viewer"`
	Programs []string      `json:"programs,omitempty" doc:"narrows the rights to these programs; empty: all"`
}

func (s *Server) inviteUser(ctx context.Context, in *answer[Invitation]) (*answer[Person], error) {
	u := &accounts.User{Email: in.Body.Email, Name: in.Body.Name, Role: in.Body.Role, Programs: in.Body.Programs, CreatedAt: s.Clock()}
	if err := narrowed(u); err != nil {
		return nil, err
	}
	id, err := s.Accounts.AddUser(ctx, u)
	if err != nil {
		return nil, err
	}
	if u, err = s.Accounts.User(ctx, id); err != nil {
		return nil, err
	}
	p := person(u)
	if err := s.record(ctx, "invited", "user "+u.Email, "", nil, p); err != nil {
		return nil, err
	}
	p.Link, err = s.link(ctx, id)
	return &answer[Person]{p}, err
}

// narrowed refuses an owner of some programs: an owner gives rights, and could
// give herself the others.
func narrowed(u *accounts.User) error {
	if u.Role == accounts.Owner && len(u.Programs) > 0 {
		return invalid("body.programs", "an owner has all programs: leave them empty, or choose the role manager")
	}
	return nil
}

// link makes a link with which a user chooses a password.
func (s *Server) link(ctx context.Context, user int64) (string, error) {
	token := accounts.NewToken("rl_")
	err := s.Accounts.AddLink(ctx, token, user, s.Clock().Add(linkLives))
	return s.URL + "/link#" + string(token), err
}

type userInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type userChange struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Name     *string        `json:"name,omitempty" minLength:"1" maxLength:"100"`
		Role     *accounts.Role `json:"role,omitempty" enum:"owner,manager,editor,agent,viewer"`
		Programs *[]string      `json:"programs,omitempty"`
		Disabled *bool          `json:"disabled,omitempty"`
		TOTP     *bool          `json:"totp,omitempty" enum:"false" doc:"false: takes the second factor away, for somebody who lost it"`
	}
}

func (s *Server) changeUser(ctx context.Context, in *userChange) (*answer[Person], error) {
	var before, after Person
	err := s.Accounts.ChangeUser(ctx, in.ID, func(u *accounts.User) error {
		before = person(u)
		in.apply(u, s.Clock())
		after = person(u)
		return narrowed(u)
	})
	if err != nil {
		return nil, err
	}
	if after.Disabled || before.TOTP && !after.TOTP {
		if err := s.Accounts.EndSession(ctx, in.ID, 0); err != nil {
			return nil, err
		}
	}
	return &answer[Person]{after}, s.record(ctx, "changed", "user "+after.Email, "", before, after)
}

func (c *userChange) apply(u *accounts.User, now time.Time) {
	b := &c.Body
	if b.Name != nil {
		u.Name = *b.Name
	}
	if b.Role != nil {
		u.Role = *b.Role
	}
	if b.Programs != nil {
		u.Programs = slices.Clone(*b.Programs)
	}
	if b.Disabled != nil {
		u.DisabledAt = time.Time{}
		if *b.Disabled {
			u.DisabledAt = now
		}
	}
	if b.TOTP != nil {
		u.TOTP, u.NewTOTP, u.Recovery = "", "", nil
	}
}

// NewLink is a link that is shown once.
type NewLink struct {
	Link string `json:"link"`
}

func (s *Server) linkUser(ctx context.Context, in *userInput) (*answer[NewLink], error) {
	u, err := s.Accounts.User(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	link, err := s.link(ctx, u.ID)
	if err != nil {
		return nil, err
	}
	return &answer[NewLink]{NewLink{link}}, s.record(ctx, "made a link for a new password", "user "+u.Email, "", nil, nil)
}
