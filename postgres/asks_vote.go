package postgres

import (
	"context"
	"time"

	"repartee/dialogs"
	"repartee/inbox"
	"repartee/programs"
)

const (
	sqlLockPolls = `SELECT FROM polls WHERE name = ANY ($1::text[]) ORDER BY id FOR UPDATE`

	sqlPolls = `SELECT a.n, o.id, o.choices, o.votes, nullif(o.closes, '')::timestamp AT TIME ZONE p.time_zone, ` + sqlWithin + `,
  coalesce(v.choice, ''), coalesce(v.number, 0)
FROM unnest($2::text[], $3::int[], $4::bigint[]) WITH ORDINALITY a(poll, program, msisdn, n)
JOIN polls o ON o.name = a.poll AND o.program = a.program JOIN programs p ON p.id = o.program
LEFT JOIN votes v ON v.poll = o.id AND v.msisdn = a.msisdn`

	sqlVote = `WITH v AS (SELECT * FROM unnest($1::int[], $2::bigint[], $3::int[], $4::text[], $5::int[], $6::bigint[]) v(poll, msisdn, short_code, choice, number, ask)),
made AS (INSERT INTO votes (poll, msisdn, short_code, choice, number, ask, at) SELECT *, $7 FROM v)
UPDATE polls o SET votes = m.last FROM (SELECT poll, max(number) AS last FROM v GROUP BY poll) m WHERE o.id = m.poll`

	// Its number is not given out again.
	sqlUnvote = `DELETE FROM votes WHERE ask = ANY ($1::bigint[])`
)

// ballot is a poll as one ask finds it.
type ballot struct {
	poll    int32
	choices map[string]programs.Texts
	votes   int
	closes  *time.Time
	open    bool
	choice  string // that the phone has voted for already
	number  int
}

func ballotFields(b *ballot) []any {
	return []any{&b.poll, &b.choices, &b.votes, &b.closes, &b.open, &b.choice, &b.number}
}

// voter is a phone in a poll.
type voter struct {
	poll  int32
	phone int64
}

// vote answers asks "vote": one vote per phone.
func vote(ctx context.Context, tx *inboxTx, now time.Time, asks []inbox.Ask) ([]dialogs.Answer, error) {
	names := says(asks, "poll")
	if err := tx.lock(ctx, sqlLockPolls, names); err != nil {
		return nil, err
	}
	ballots, err := found(ctx, tx, asks, ballotFields, sqlPolls, now, names, param(asks, askProgram), param(asks, askPhone))
	if err != nil {
		return nil, err
	}
	answers := make([]dialogs.Answer, len(asks))
	var cast []inbox.Ask
	var polls []int32
	var numbers []int
	last, voted := map[int32]int{}, map[voter]*ballot{}
	for i, b := range ballots {
		a := &asks[i]
		if b == nil {
			answers[i].Result = "late"
			continue
		}
		key := voter{b.poll, askPhone(a)}
		if earlier := voted[key]; earlier != nil {
			b.choice, b.number = earlier.choice, earlier.number
		}
		result := b.judge(said(a, "choice"))
		if result == "ok" {
			last[b.poll] = max(last[b.poll], b.votes) + 1
			b.choice, b.number, voted[key] = said(a, "choice"), last[b.poll], b
			cast, polls, numbers = append(cast, *a), append(polls, b.poll), append(numbers, b.number)
		}
		answers[i] = dialogs.Answer{Result: result, Data: b.told(a.Language)}
	}
	if len(cast) == 0 {
		return answers, nil
	}
	return answers, tx.lock(ctx, sqlVote, polls, param(cast, askPhone), param(cast, askCode), says(cast, "choice"), numbers, param(cast, askID), now)
}

func (b *ballot) judge(choice string) string {
	_, known := b.choices[choice]
	switch {
	case !b.open:
		return "late"
	case b.choice != "":
		return "again"
	case choice == "" || len(b.choices) > 0 && !known:
		return "unknown"
	}
	return "ok"
}

// told is what the conversation learns: of the vote that counts.
func (b *ballot) told(language string) map[string]any {
	data := map[string]any{}
	if b.closes != nil {
		data["closed"] = *b.closes
	}
	if b.choice != "" {
		data["number"], data["title"] = b.number, b.choice
		if title := b.choices[b.choice].In(language); title != "" {
			data["title"] = title
		}
	}
	return data
}

func unvote(ctx context.Context, tx *inboxTx, _ time.Time, asks []inbox.Ask) error {
	return tx.lock(ctx, sqlUnvote, param(asks, askID))
}
