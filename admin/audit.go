package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"repartee/accounts"
)

// record writes a change into the audit log. Before and after are what people
// may see of the object: no secret is among them.
func (s *Server) record(ctx context.Context, action, object, program string, before, after any) error {
	v := visitOf(ctx)
	e := &accounts.Entry{At: s.Clock(), Caller: v.name(), Action: action, Object: object, Program: program, Address: v.address, Request: v.id}
	for _, side := range []struct {
		from any
		to   *[]byte
	}{{before, &e.Before}, {after, &e.After}} {
		if side.from == nil {
			continue
		}
		doc, err := json.Marshal(side.from)
		if err != nil {
			return fmt.Errorf("the audit log of %s: %w", object, err)
		}
		*side.to = doc
	}
	return s.Accounts.Log(ctx, e)
}

// Change is one line of the audit log.
type Change struct {
	ID      string          `json:"id"`
	At      time.Time       `json:"at"`
	Caller  string          `json:"caller" doc:"an e-mail address, or key:NAME; empty: nobody was signed in"`
	Action  string          `json:"action"`
	Object  string          `json:"object" doc:"kind and key"`
	Program string          `json:"program,omitempty"`
	Before  json.RawMessage `json:"before,omitempty"`
	After   json.RawMessage `json:"after,omitempty"`
	Address string          `json:"address"`
	Request string          `json:"request"`
}

type auditInput struct {
	Page
	Object string `query:"object" doc:"kind and key, such as user ann@example.com"`
}

// listAudit shows callers who are narrowed what was changed of their programs.
func (s *Server) listAudit(ctx context.Context, in *auditInput) (*answer[list[Change]], error) {
	before, err := in.after()
	if err != nil {
		return nil, err
	}
	entries, err := s.Accounts.Entries(ctx, in.Object, visitOf(ctx).caller.Programs, before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	out := list[Change]{Items: []Change{}}
	for _, e := range entries {
		if len(out.Items) == in.Limit {
			out.Next = out.Items[in.Limit-1].ID
			break
		}
		out.Items = append(out.Items, Change{
			ID: strconv.FormatInt(e.ID, 10), At: e.At.UTC(), Caller: e.Caller, Action: e.Action, Object: e.Object, Program: e.Program,
			Before: e.Before, After: e.After, Address: e.Address, Request: e.Request,
		})
	}
	return &answer[list[Change]]{out}, nil
}
