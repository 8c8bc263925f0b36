package postgres

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"repartee/dialogs"
	"repartee/sms"
	"repartee/views"
)

// Told returns what phones said in the newest conversations with a flow, those
// that were seen to begin. Who was erased is not among them.
func (s *ListStore) Told(ctx context.Context, flow string, since time.Time, limit int) ([]views.Told, time.Time, error) {
	type text struct {
		ID, Talk   sms.ID
		Rule, Text string
	}
	found, err := read(ctx, s, "read conversations", `SELECT id, talk, rule, coalesce(text, '') FROM
  (SELECT id, talk, rule, text, msisdn FROM inbound WHERE id >= $1 ORDER BY id DESC LIMIT $2) i WHERE talk IS NOT NULL AND msisdn > 0`,
		[]any{int64(sms.FirstID(since)), 10 * lookedAt}, pgx.RowToStructByPos[text])
	if err != nil {
		return nil, since, err
	}
	if len(found) > 0 && len(found) == 10*lookedAt {
		since = found[len(found)-1].ID.Time()
	}
	var all []views.Told
	open := map[sms.ID][]dialogs.Told{}
	for _, t := range found { // the newest first
		open[t.Talk] = append(open[t.Talk], dialogs.Told{At: t.ID.Time(), Text: t.Text})
		if !slices.Contains(strings.Fields(t.Rule), flow+">begin") {
			continue
		}
		texts := open[t.Talk]
		slices.Reverse(texts)
		if all = append(all, views.Told{Talk: t.Talk, Texts: texts}); len(all) == limit {
			return all, t.ID.Time(), nil
		}
	}
	return all, since, nil
}

// Wordings returns what phones were shown.
func (s *ListStore) Wordings(ctx context.Context, program int32) ([]views.Wording, error) {
	return read(ctx, s, "read the wordings of consents", `SELECT event, entry->>'shown', min((entry->>'at')::timestamptz), max((entry->>'at')::timestamptz), count(*)::int
FROM consent_ledger WHERE program = $1 AND event IN ('opt-in', 'pending', 'confirmed', 'opt-out') AND entry->>'shown' <> '' GROUP BY 1, 2 ORDER BY 4 DESC LIMIT 200`,
		[]any{program}, pgx.RowToStructByPos[views.Wording])
}
