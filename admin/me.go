package admin

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"image/png"
	"net/http"
	"strconv"
	"time"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
	"github.com/danielgtaylor/huma/v2"

	"repartee/accounts"
)

// PasswordChange is a new password, and the proof that it is the person.
type PasswordChange struct {
	Old string `json:"old" maxLength:"1000"`
	New string `json:"new" maxLength:"1000" doc:"at least 12 characters"`
}

// changePassword also ends all sessions and begins a new one.
func (s *Server) changePassword(ctx context.Context, in *answer[PasswordChange]) (*signedInAnswer, error) {
	hash, err := s.hash(in.Body.New, "body.new")
	if err != nil {
		return nil, err
	}
	if err := s.prove(ctx, in.Body.Old, "body.old"); err != nil {
		return nil, err
	}
	return s.renew(ctx, "changed the password", func(u *accounts.User) error {
		u.Password = hash
		return nil
	})
}

// prove checks the password of the person who is signed in.
func (s *Server) prove(ctx context.Context, password, location string) error {
	u := visitOf(ctx).user
	if u == nil {
		return errNoPerson
	}
	if err := s.attempt(ctx, u.ID); err != nil {
		return err
	}
	if !s.check(password, u.Password) {
		return invalid(location, "this is not your password")
	}
	return s.Accounts.ChangeUser(ctx, u.ID, func(x *accounts.User) error {
		x.Failed = 0
		return nil
	})
}

// renew changes how the person signs in, ends all her sessions, and begins a
// new one.
func (s *Server) renew(ctx context.Context, action string, f func(*accounts.User) error) (*signedInAnswer, error) {
	var u accounts.User
	err := s.Accounts.ChangeUser(ctx, visitOf(ctx).user.ID, func(x *accounts.User) error {
		if err := f(x); err != nil {
			return err
		}
		u = *x
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := s.Accounts.EndSession(ctx, u.ID, 0); err != nil {
		return nil, err
	}
	return s.begin(ctx, &u, action)
}

// TOTPSecret is a second factor before it is in use.
type TOTPSecret struct {
	Secret string `json:"secret" doc:"to type into an authenticator app"`
	URL    string `json:"url"`
	QR     string `json:"qr" doc:"the URL as a QR code: a data URL of a PNG"`
}

func (s *Server) beginTOTP(ctx context.Context, _ *nothing) (*answer[TOTPSecret], error) {
	u := visitOf(ctx).user
	if u == nil {
		return nil, errNoPerson
	}
	if u.TOTP != "" {
		return nil, huma.Error409Conflict("a second factor is in use: drop it first")
	}
	secret, url, err := accounts.NewTOTP(u.Email)
	if err != nil {
		return nil, err
	}
	picture, err := qrCode(url)
	if err != nil {
		return nil, err
	}
	err = s.Accounts.ChangeUser(ctx, u.ID, func(x *accounts.User) error {
		x.NewTOTP = secret
		return nil
	})
	return &answer[TOTPSecret]{TOTPSecret{Secret: secret, URL: url, QR: picture}}, err
}

func qrCode(text string) (string, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return "", err
	}
	if code, err = barcode.Scale(code, 256, 256); err != nil {
		return "", err
	}
	var b bytes.Buffer
	if err := png.Encode(&b, code); err != nil {
		return "", err
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes()), nil
}

// TOTPCode proves that the authenticator app has the secret.
type TOTPCode struct {
	Code string `json:"code" maxLength:"20"`
}

// RecoveryCodes replace a lost second factor, each once. They are shown once.
type RecoveryCodes struct {
	Codes []accounts.Token `json:"recovery_codes"`
}

type recoveryAnswer struct {
	SetCookie http.Cookie `header:"Set-Cookie"` // of the new session
	Body      RecoveryCodes
}

func (s *Server) confirmTOTP(ctx context.Context, in *answer[TOTPCode]) (*recoveryAnswer, error) {
	if visitOf(ctx).user == nil {
		return nil, errNoPerson
	}
	codes := accounts.NewRecoveryCodes()
	signed, err := s.renew(ctx, "began to use a second factor", func(u *accounts.User) error {
		step, ok := accounts.CheckTOTP(in.Body.Code, u.NewTOTP, 0, s.Clock())
		if u.NewTOTP == "" {
			return huma.Error409Conflict("no second factor is being set up: begin with POST /api/v1/me/totp")
		}
		if !ok {
			return invalid("body.code", "this is not the code that the app shows now: is the clock of this phone right?")
		}
		u.TOTP, u.NewTOTP, u.TOTPStep, u.Recovery = u.NewTOTP, "", step, nil
		for _, c := range codes {
			u.Recovery = append(u.Recovery, c.Hash())
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &recoveryAnswer{signed.SetCookie, RecoveryCodes{codes}}, nil
}

// Proof is the password of who is signed in.
type Proof struct {
	Password string `json:"password" maxLength:"1000"`
}

func (s *Server) dropTOTP(ctx context.Context, in *answer[Proof]) (*signedInAnswer, error) {
	if err := s.prove(ctx, in.Body.Password, "body.password"); err != nil {
		return nil, err
	}
	return s.renew(ctx, "dropped the second factor", func(u *accounts.User) error {
		u.TOTP, u.NewTOTP, u.Recovery = "", "", nil
		return nil
	})
}

// OwnSession is one place where the person is signed in.
type OwnSession struct {
	ID        string    `json:"id"`
	Current   bool      `json:"current" doc:"the session of this request"`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at"`
	ExpiresAt time.Time `json:"expires_at"`
	Address   string    `json:"address"`
	Agent     string    `json:"agent" doc:"the browser, as it calls itself"`
}

func (s *Server) listSessions(ctx context.Context, _ *nothing) (*answer[list[OwnSession]], error) {
	v := visitOf(ctx)
	if v.user == nil {
		return nil, errNoPerson
	}
	found, err := s.Accounts.Sessions(ctx, v.user.ID, s.Clock())
	if err != nil {
		return nil, err
	}
	out := list[OwnSession]{Items: []OwnSession{}}
	for _, n := range found {
		out.Items = append(out.Items, OwnSession{
			ID: strconv.FormatInt(n.ID, 10), Current: n.ID == v.session.ID, CreatedAt: n.CreatedAt.UTC(), SeenAt: n.SeenAt.UTC(), ExpiresAt: n.ExpiresAt.UTC(),
			Address: n.Address, Agent: n.Agent,
		})
	}
	return &answer[list[OwnSession]]{out}, nil
}

type sessionInput struct {
	ID string `path:"id" doc:"of the session; all: every other one"`
}

func (s *Server) endSession(ctx context.Context, in *sessionInput) (*nothing, error) {
	v := visitOf(ctx)
	if v.user == nil {
		return nil, errNoPerson
	}
	var ids []int64
	if in.ID == "all" {
		found, err := s.Accounts.Sessions(ctx, v.user.ID, s.Clock())
		if err != nil {
			return nil, err
		}
		for _, n := range found {
			if n.ID != v.session.ID {
				ids = append(ids, n.ID)
			}
		}
	} else {
		id, err := strconv.ParseInt(in.ID, 10, 64)
		if err != nil || id <= 0 {
			return nil, invalid("path.id", "this is no session: take it from the list")
		}
		ids = []int64{id}
	}
	var errs []error
	for _, id := range ids {
		errs = append(errs, s.Accounts.EndSession(ctx, v.user.ID, id))
	}
	return &nothing{}, errors.Join(append(errs, s.record(ctx, "ended sessions", "user "+v.user.Email, "", nil, nil))...)
}
