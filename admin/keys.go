package admin

import (
	"context"
	"strconv"
	"time"

	"repartee/accounts"
)

// Key lets a program use the API.
type Key struct {
	ID        string         `json:"id"`
	Name      string         `json:"name"`
	Hint      string         `json:"hint" doc:"its first characters"`
	Role      accounts.Role  `json:"role"`
	Programs  []string       `json:"programs" doc:"empty: all"`
	CreatedBy string         `json:"created_by"`
	CreatedAt time.Time      `json:"created_at"`
	ExpiresAt *time.Time     `json:"expires_at,omitempty" doc:"absent: never"`
	UsedAt    *time.Time     `json:"used_at,omitempty" doc:"to the minute"`
	RevokedAt *time.Time     `json:"revoked_at,omitempty"`
	Key       accounts.Token `json:"key,omitempty" doc:"shown once"`
}

func keyOf(k *accounts.Key) Key {
	out := Key{
		ID: strconv.FormatInt(k.ID, 10), Name: k.Name, Hint: k.Hint, Role: k.Role, Programs: k.Programs, CreatedBy: k.CreatedBy, CreatedAt: k.CreatedAt.UTC(),
		ExpiresAt: optional(k.ExpiresAt), UsedAt: optional(k.UsedAt), RevokedAt: optional(k.RevokedAt),
	}
	if out.Programs == nil {
		out.Programs = []string{}
	}
	return out
}

// optional is a time that may be absent.
func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func (s *Server) listKeys(ctx context.Context, _ *nothing) (*answer[list[Key]], error) {
	keys, err := s.Accounts.Keys(ctx)
	out := list[Key]{Items: []Key{}}
	for i := range keys {
		out.Items = append(out.Items, keyOf(&keys[i]))
	}
	return &answer[list[Key]]{out}, err
}

// NewKey says what a key shall be.
type NewKey struct {
	Name      string        `json:"name" minLength:"1" maxLength:"60" doc:"who uses it, such as tills"`
	Role      accounts.Role `json:"role" enum:"owner,manager,editor,agent,viewer"`
	Programs  []string      `json:"programs,omitempty" doc:"narrows the rights to these programs; empty: all"`
	ExpiresAt *time.Time    `json:"expires_at,omitempty" doc:"absent: never"`
}

func (s *Server) addKey(ctx context.Context, in *answer[NewKey]) (*answer[Key], error) {
	now, token := s.Clock(), accounts.NewToken("rk_")
	k := &accounts.Key{
		Name: in.Body.Name, Hint: string(token[:7]), Role: in.Body.Role, Programs: in.Body.Programs, CreatedBy: visitOf(ctx).name(), CreatedAt: now,
	}
	if in.Body.ExpiresAt != nil {
		if k.ExpiresAt = *in.Body.ExpiresAt; !k.ExpiresAt.After(now) {
			return nil, invalid("body.expires_at", "this is over already")
		}
	}
	if err := narrowed(&accounts.User{Role: k.Role, Programs: k.Programs}); err != nil {
		return nil, err
	}
	var err error
	if k.ID, err = s.Accounts.AddKey(ctx, token, k); err != nil {
		return nil, err
	}
	out := keyOf(k)
	if err := s.record(ctx, "made", "key "+k.Name, "", nil, out); err != nil {
		return nil, err
	}
	out.Key = token
	return &answer[Key]{out}, nil
}

type keyInput struct {
	ID int64 `path:"id" minimum:"1"`
}

func (s *Server) revokeKey(ctx context.Context, in *keyInput) (*nothing, error) {
	if err := s.Accounts.RevokeKey(ctx, in.ID, s.Clock()); err != nil {
		return nil, err
	}
	return &nothing{}, s.record(ctx, "revoked", "key "+strconv.FormatInt(in.ID, 10), "", nil, nil)
}
