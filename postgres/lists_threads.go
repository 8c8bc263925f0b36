package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"repartee/dialogs"
	"repartee/sms"
	"repartee/views"
)

// Where threads come from: the newest texts of all, of which each thread's is
// the one that no other of it follows; or from what is searched, each with its
// newest text.
const (
	newestThreads = `(SELECT %s FROM (SELECT * FROM inbound WHERE %s ORDER BY id DESC LIMIT %s) i
  WHERE NOT EXISTS (SELECT FROM inbound n WHERE n.msisdn = i.msisdn AND n.id > i.id AND n.short_code = i.short_code) ORDER BY id DESC LIMIT %s) m`
	searchedThreads = `(SELECT m.* FROM (SELECT msisdn, short_code FROM threads WHERE %s ORDER BY msisdn LIMIT ` + searched + `) t,
  LATERAL (SELECT %s FROM inbound i WHERE i.msisdn = t.msisdn AND i.short_code = t.short_code ORDER BY id DESC LIMIT 1) m
  WHERE m.id < %s ORDER BY m.id DESC LIMIT %s) m`
	searched = `1000` // threads that a search finds at most

	sqlThreads = `SELECT m.*, coalesce(o.state::text, ''), coalesce(trim(concat(c.first_name, ' ', c.last_name)), ''), t.stopped, t.talks, h.taken
FROM %s JOIN threads t ON t.msisdn = m.msisdn AND t.short_code = m.short_code
LEFT JOIN contacts c ON c.msisdn = m.msisdn
LEFT JOIN LATERAL (SELECT state FROM outbound o WHERE o.msisdn = m.msisdn AND o.short_code = m.short_code ORDER BY id DESC LIMIT 1) o ON true
LEFT JOIN LATERAL (SELECT json_object_agg(h.talk, coalesce(h.taken_by, '')) AS taken FROM handoffs h
  WHERE h.msisdn = m.msisdn AND h.short_code = m.short_code AND h.closed_at IS NULL) h ON true
ORDER BY m.id DESC`
)

// Threads returns threads by their newest text, the newest first.
func (s *ListStore) Threads(ctx context.Context, f views.ThreadFilter) (page views.ThreadPage, err error) {
	var by clause
	by.where("msisdn > 0")
	if f.Code != 0 {
		by.where("short_code = ?", int32(f.Code))
	}
	if f.Reach != nil {
		by.where("short_code = ANY (?::int[])", codesOf(f.Reach))
	}
	searching := f.Search != "" || f.Handed
	var from string
	if searching {
		from = searchThreads(&by, &f)
	} else {
		by.between("id", f.Before, time.Time{}, time.Time{})
		from = fmt.Sprintf(newestThreads, inboundColumns, &by, by.arg(lookedAt), by.arg(f.Limit+1))
	}
	found, err := read(ctx, s, "read threads", fmt.Sprintf(sqlThreads, from), by.args, scanThreadItem)
	if err != nil {
		return page, err
	}
	page.Threads = found[:min(len(found), f.Limit)]
	switch {
	case len(found) > f.Limit:
		page.Next = page.Threads[f.Limit-1].Last.ID
	case !searching:
		page.Next, err = s.lookedTo(ctx, "inbound", &clause{by.conditions, by.args[:len(by.args)-2]}, lookedAt)
	}
	return page, err
}

func searchThreads(by *clause, f *views.ThreadFilter) string {
	if phones := digits(f.Search); phones != "" {
		by.beginning("msisdn", phones)
	} else if f.Search != "" {
		by.where("msisdn = ANY (ARRAY(SELECT msisdn FROM contacts WHERE lower(last_name) LIKE lower(?) OR lower(first_name) LIKE lower(?) LIMIT "+searched+"))", like(f.Search), like(f.Search))
	}
	if f.Handed {
		by.where("(msisdn, short_code) IN (SELECT msisdn, short_code FROM handoffs WHERE closed_at IS NULL)")
	}
	before := f.Before
	if before == 0 {
		before = newest
	}
	return fmt.Sprintf(searchedThreads, by, inboundColumns, by.arg(int64(before)), by.arg(f.Limit+1))
}

func scanThreadItem(row pgx.CollectableRow) (t views.ThreadItem, err error) {
	var talks, taken []byte
	m := &t.Last
	if err = row.Scan((*int64)(&m.ID), &m.Inbound, (*int64)(&m.Thread.Phone), (*int32)(&m.Thread.Code), &m.Carrier, &m.Program, &m.At, &m.Text, &m.Class, &m.State,
		&m.Route, &m.Rule, &m.Verdict, &m.Segments, &m.Attempts, &m.Error, &m.Hold, &m.Sent, &m.Done, (*int64)(&m.Cause), (*int64)(&m.Talk), &m.Review, &m.Copies,
		&t.Answer, &t.Name, &t.Stopped, &talks, &taken); err != nil {
		return t, err
	}
	t.Talks, err = talksOf(talks, taken)
	t.Handed = slices.ContainsFunc(t.Talks, func(k views.Talk) bool { return k.Handed })
	return t, err
}

// talksOf reads the open conversations of a thread. Taken names, by the
// conversation that waits for a person, who answers it.
func talksOf(doc, taken []byte) (list []views.Talk, err error) {
	var open []dialogs.Talk
	if err := json.Unmarshal(doc, &open); err != nil {
		return nil, err
	}
	by := map[string]string{}
	if taken != nil {
		if err := json.Unmarshal(taken, &by); err != nil {
			return nil, err
		}
	}
	for i := range open {
		k := &open[i]
		who, handed := by[k.ID.String()]
		list = append(list, views.Talk{
			ID: k.ID, Program: k.Program, Flow: k.Flow, Version: k.Version, State: k.State, Started: k.Started.Time(), Expires: k.Expires.Time(),
			Handed: handed, TakenBy: who, Language: k.Language,
		})
	}
	return list, nil
}

const sqlThreadHead = `SELECT t.msisdn, t.short_code, coalesce(t.carrier, 0), coalesce(t.language, ''), coalesce(trim(concat(c.first_name, ' ', c.last_name)), ''), t.stopped, t.talks,
  (SELECT json_object_agg(h.talk, coalesce(h.taken_by, '')) FROM handoffs h WHERE h.msisdn = t.msisdn AND h.short_code = t.short_code AND h.closed_at IS NULL)
FROM threads t LEFT JOIN contacts c ON c.msisdn = t.msisdn WHERE t.msisdn = $1 AND t.short_code = $2`

// Thread returns the head of a transcript.
func (s *ListStore) Thread(ctx context.Context, key sms.Thread) (views.ThreadHead, error) {
	found, err := read(ctx, s, "read a thread", sqlThreadHead, []any{int64(key.Phone), int32(key.Code)}, func(row pgx.CollectableRow) (h views.ThreadHead, err error) {
		var talks, taken []byte
		if err = row.Scan((*int64)(&h.Thread.Phone), (*int32)(&h.Thread.Code), &h.Carrier, &h.Language, &h.Name, &h.Stopped, &talks, &taken); err != nil {
			return h, err
		}
		h.Talks, err = talksOf(talks, taken)
		return h, err
	})
	if err == nil && len(found) == 0 {
		err = &views.NotFoundError{Text: key.Phone.Masked() + " and " + key.Code.String() + " have nothing to do with each other"}
	}
	if err != nil {
		return views.ThreadHead{}, err
	}
	return found[0], nil
}
