package postgres

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"repartee/sms"
	"repartee/views"
)

// The columns of a message, whichever way it went.
const (
	inboundColumns = `id, true AS inbound, msisdn, short_code, carrier, 0 AS program, received_at AS at, coalesce(text, '') AS text, class, outcome AS state,
  coalesce(route, '') AS route, rule, '' AS verdict, parts AS segments, 0 AS attempts, NULL::int AS error, NULL::timestamptz AS hold,
  NULL::timestamptz AS sent, NULL::timestamptz AS done, 0::bigint AS cause, coalesce(talk, 0) AS talk, review, copies`
	outboundColumns = `id, false, msisdn, short_code, coalesce(carrier, 0), coalesce(program, 0), created_at, text, class::text, state::text,
  '', rule, verdict, segments, attempts, error, hold_until, sent_at, done_at, coalesce(cause, 0), coalesce(talk, 0), false, 0`
)

func scanMessage(row pgx.CollectableRow) (m views.Message, err error) {
	err = row.Scan((*int64)(&m.ID), &m.Inbound, (*int64)(&m.Thread.Phone), (*int32)(&m.Thread.Code), &m.Carrier, &m.Program, &m.At, &m.Text, &m.Class, &m.State,
		&m.Route, &m.Rule, &m.Verdict, &m.Segments, &m.Attempts, &m.Error, &m.Hold, &m.Sent, &m.Done, (*int64)(&m.Cause), (*int64)(&m.Talk), &m.Review, &m.Copies)
	return m, err
}

// Messages returns messages, the newest first. What a filter can ask of an
// index bounds the rows that are looked at; what it cannot (a state, words)
// chooses among the newest of those, and the page tells how far it looked.
func (s *ListStore) Messages(ctx context.Context, f views.MessageFilter) (page views.MessagePage, err error) {
	var newestOf []views.Message // of both ways, looked at
	horizon := sms.ID(0)         // below it, one way was looked at less far than the other
	looked := f.Limit + 1
	if f.Thread.Code != 0 || f.State != "" || f.Class != "" || f.Contains != "" || f.Program != 0 || f.Reach != nil {
		looked = lookedAt
	}
	for _, inbound := range []bool{true, false} {
		if f.Inbound != nil && *f.Inbound != inbound || inbound && f.Program != 0 {
			continue
		}
		found, low, err := s.oneWay(ctx, &f, inbound, looked)
		if err != nil {
			return page, err
		}
		newestOf, horizon = append(newestOf, found...), max(horizon, low)
	}
	slices.SortFunc(newestOf, func(a, b views.Message) int { return cmp.Compare(b.ID, a.ID) })
	for _, m := range newestOf {
		if m.ID < horizon {
			break
		}
		if len(page.Messages) == f.Limit {
			page.Next = page.Messages[f.Limit-1].ID
			return page, nil
		}
		page.Messages = append(page.Messages, m)
	}
	page.Next = horizon
	return page, nil
}

// oneWay reads messages of one way; low is the last id that was looked at, 0
// when that was the end.
func (s *ListStore) oneWay(ctx context.Context, f *views.MessageFilter, inbound bool, looked int) (found []views.Message, low sms.ID, err error) {
	var by, among clause
	by.between("id", f.Before, f.From, f.To)
	if f.Thread.Phone != 0 {
		by.where("msisdn = ?", int64(f.Thread.Phone))
	}
	columns, table := outboundColumns, "outbound"
	if inbound {
		columns, table = inboundColumns, "inbound"
	}
	among.args = append(slices.Clone(by.args), looked)
	bounded := fmt.Sprintf("(SELECT * FROM %s WHERE %s ORDER BY id DESC LIMIT $%d) r", table, &by, len(among.args))
	if f.Thread.Code != 0 {
		among.where("short_code = ?", int32(f.Thread.Code))
	}
	if f.State != "" {
		among.where(map[bool]string{true: "outcome = ?", false: "state::text = ?"}[inbound], f.State)
	}
	if f.Class != "" {
		among.where("class::text = ?", f.Class)
	}
	if f.Contains != "" {
		among.where("text ILIKE ?", "%"+like(f.Contains))
	}
	if f.Program != 0 {
		among.where("program = ?", f.Program)
	}
	if f.Reach != nil && inbound {
		among.where("short_code = ANY (?::int[])", codesOf(f.Reach))
	} else if f.Reach != nil {
		among.where("program = ANY (?::int[])", f.Reach.Programs)
	}
	sql := "SELECT " + columns + " FROM " + bounded + " WHERE " + among.String() + " ORDER BY id DESC LIMIT " + among.arg(f.Limit+1)
	if found, err = read(ctx, s, "read messages", sql, among.args, scanMessage); err != nil {
		return nil, 0, err
	}
	if len(found) > f.Limit {
		return found, found[f.Limit].ID, nil
	}
	low, err = s.lookedTo(ctx, table, &by, looked)
	return found, low, err
}

// lookedTo returns the last id of the rows that were looked at, 0 when those
// were all that there are.
func (s *ListStore) lookedTo(ctx context.Context, table string, by *clause, looked int) (sms.ID, error) {
	args := append(by.args, looked-1)
	ids, err := read(ctx, s, "read messages", fmt.Sprintf("SELECT id FROM %s WHERE %s ORDER BY id DESC OFFSET $%d LIMIT 1", table, by, len(args)), args, pgx.RowTo[sms.ID])
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return ids[0], nil
}
