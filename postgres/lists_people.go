package postgres

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"repartee/sms"
	"repartee/views"
)

const contactColumns = `SELECT c.msisdn, coalesce(first_name, ''), coalesce(last_name, ''), coalesce(c.language, ''), coalesce(country, ''), coalesce(region, ''),
  coalesce(postal_code, ''), coalesce(time_zone, ''), tags, fields, created_at, updated_at, t.last_mo, coalesce(t.codes, '{}')
FROM (`

const contactThreads = `) c LEFT JOIN LATERAL (SELECT max(last_mo) AS last_mo, array_agg(short_code ORDER BY short_code) AS codes FROM threads t WHERE t.msisdn = c.msisdn) t ON true
ORDER BY c.msisdn`

// Contacts returns people by their phones.
func (s *ListStore) Contacts(ctx context.Context, f views.ContactFilter) ([]views.Contact, error) {
	var by clause
	by.where("msisdn > ?", int64(max(f.After, 0))) // below: erased
	if f.Search != "" {
		by.named(f.Search)
	}
	if f.Tag != "" {
		by.where("? = ANY (tags)", f.Tag)
	}
	limit := by.arg(f.Limit + 1)
	return read(ctx, s, "read contacts", contactColumns+"SELECT * FROM contacts WHERE "+by.String()+" ORDER BY msisdn LIMIT "+limit+contactThreads, by.args, scanContact)
}

// Contact returns one person.
func (s *ListStore) Contact(ctx context.Context, phone sms.MSISDN) (views.Contact, error) {
	found, err := read(ctx, s, "read a contact", contactColumns+"SELECT * FROM contacts WHERE msisdn = $1"+contactThreads, []any{int64(phone)}, scanContact)
	if err == nil && len(found) == 0 {
		err = &views.NotFoundError{Text: phone.Masked() + " is no contact: nothing is known of it but what it texted"}
	}
	if err != nil {
		return views.Contact{}, err
	}
	return found[0], nil
}

func scanContact(row pgx.CollectableRow) (c views.Contact, err error) {
	var fields []byte
	if err = row.Scan((*int64)(&c.Phone), &c.FirstName, &c.LastName, &c.Language, &c.Country, &c.Region, &c.Postcode, &c.TimeZone, &c.Tags, &fields,
		&c.CreatedAt, &c.UpdatedAt, &c.LastMO, &c.Codes); err != nil {
		return c, err
	}
	return c, json.Unmarshal(fields, &c.Fields)
}

// Suppressed returns the list, the newest entry first. Its phones are kept as
// hashes only: the ledger may know whose they are.
func (s *ListStore) Suppressed(ctx context.Context, scope string, after *views.SuppressedAfter, limit int) ([]views.Suppressed, error) {
	var by clause
	if scope != "" {
		by.where("scope = ?", scope)
	}
	if after != nil {
		by.where("since <= ?", after.Since)
		by.where("(since < ? OR (phone_hash, scope, scope_id) > (?, ?, ?))", after.Since, after.Hash, after.Scope, after.ScopeID)
	}
	n := by.arg(limit + 1)
	return read(ctx, s, "read the suppression list", `SELECT l.phone_hash, coalesce(p.msisdn, 0), l.scope, l.scope_id, l.since, l.until, l.reason
FROM (SELECT * FROM suppressions WHERE `+by.String()+` ORDER BY since DESC, phone_hash, scope, scope_id LIMIT `+n+`) l
LEFT JOIN LATERAL (SELECT msisdn FROM consent_ledger c WHERE c.phone_hash = l.phone_hash AND msisdn IS NOT NULL LIMIT 1) p ON true
ORDER BY l.since DESC, l.phone_hash, l.scope, l.scope_id`, by.args, pgx.RowToStructByPos[views.Suppressed])
}

// Waiting counts what waits for people, and in the outbox.
func (s *ListStore) Waiting(ctx context.Context, reach *views.Reach, programs []string, now time.Time) (w views.WaitingFor, err error) {
	var by clause
	at := by.arg(now)
	handed, reviewed, ordered, sent := "true", "true", "true", "true"
	if reach != nil {
		codes, names, ids := by.arg(codesOf(reach)), by.arg(programs), by.arg(reach.Programs)
		handed, reviewed, ordered, sent = "program = ANY ("+names+")", "short_code = ANY ("+codes+")", "p.name = ANY ("+names+"::text[])", "program = ANY ("+ids+")"
	}
	sql := `SELECT (SELECT count(*)::int FROM (` + sqlHandoffs + `) h WHERE ` + handed + `),
  (SELECT count(*)::int FROM reviews WHERE closed_at IS NULL AND ` + reviewed + `),
  (SELECT count(*)::int FROM orders o JOIN programs p ON p.id = o.program WHERE o.state NOT IN ('refused', 'done') AND ` + ordered + `),
  (SELECT count(*)::int FROM outbox WHERE due <= ` + at + ` AND ` + sent + `), (SELECT count(*)::int FROM outbox WHERE due > ` + at + ` AND ` + sent + `)`
	found, err := read(ctx, s, "count what waits", sql, by.args, pgx.RowToStructByPos[views.WaitingFor])
	if err != nil {
		return w, err
	}
	return found[0], nil
}
