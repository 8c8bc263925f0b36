package postgres

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"repartee/dialogs"
	"repartee/inbox"
	"repartee/outbox"
	"repartee/sms"
)

const tellColumns = `id, at, kind, msisdn, short_code, program, talk, data, tries`

func scanTell(row pgx.CollectableRow) (t outbox.Tell, err error) {
	var talk pgtype.Int8
	err = row.Scan((*int64)(&t.ID), &t.At, &t.Kind, (*int64)(&t.Thread.Phone), (*int32)(&t.Thread.Code), &t.Program, &talk, &t.Data, &t.Tries)
	t.Talk = sms.ID(talk.Int64)
	return t, err
}

// OpenTells implements [outbox.TellStore].
func (s *MessageStore) OpenTells(ctx context.Context, limit int) ([]outbox.Tell, error) {
	rows, err := s.pool.Query(ctx, `SELECT `+tellColumns+` FROM events WHERE done_at IS NULL AND kind <> 'webhook' ORDER BY id LIMIT $1`, limit)
	if err != nil {
		return nil, judge("read tells", err)
	}
	tells, err := pgx.CollectRows(rows, scanTell)
	return tells, judge("read tells", err)
}

// NewTask implements [outbox.TellStore].
func (s *MessageStore) NewTask(ctx context.Context, phones []sms.Thread) (number int16, busy map[sms.Thread]bool, err error) {
	if err := s.pool.QueryRow(ctx, `SELECT nextval('task_numbers')`).Scan(&number); err != nil {
		return 0, nil, judge("number a task", err)
	}
	msisdns, codes := keysOf(phones)
	rows, err := s.pool.Query(ctx, `SELECT DISTINCT k.msisdn, k.short_code FROM (`+sqlTasks+`) k`, msisdns, codes)
	if err != nil {
		return 0, nil, judge("read tasks", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t sms.Thread, err error) {
		err = row.Scan((*int64)(&t.Phone), (*int32)(&t.Code))
		return t, err
	})
	busy = make(map[sms.Thread]bool, len(list))
	for _, t := range list {
		busy[t] = true
	}
	return number, busy, judge("read tasks", err)
}

// TaskPhones implements [outbox.TellStore].
func (s *MessageStore) TaskPhones(ctx context.Context, task sms.ID) ([]sms.MSISDN, error) {
	rows, err := s.pool.Query(ctx, `SELECT msisdn FROM task_phones WHERE task = $1`, int64(task))
	if err != nil {
		return nil, judge("read a task", err)
	}
	phones, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (phone sms.MSISDN, err error) {
		err = row.Scan((*int64)(&phone))
		return phone, err
	})
	return phones, judge("read a task", err)
}

// Told implements [outbox.TellStore]: the messages and the task exist if and
// only if the tell is marked as done.
func (s *MessageStore) Told(ctx context.Context, tell *outbox.Tell, ms []sms.Outbound, task *outbox.Task) error {
	rows := make([]*sms.Outbound, len(ms))
	for i := range ms {
		rows[i] = &ms[i]
	}
	slices.SortFunc(rows, func(a, b *sms.Outbound) int { return cmp.Or(cmp.Compare(a.To, b.To), cmp.Compare(a.ID, b.ID)) })
	return s.tellDone(ctx, tell.ID, func(b *pgx.Batch) {
		queueOutbound(b, rows)
		if task == nil {
			return
		}
		b.Queue(`INSERT INTO tasks (id, number, msisdn, short_code, talk, program, staff, flow, version, notice, language, opened_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, int64(tell.ID), task.Number, int64(tell.Thread.Phone), int32(tell.Thread.Code), int64(tell.Talk),
			tell.Program, task.Group, task.Flow, task.Version, task.Notice, task.Language, tell.At)
		for _, m := range rows {
			b.Queue(`INSERT INTO task_phones (msisdn, short_code, task) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, int64(m.To), int32(m.Code), int64(tell.ID))
		}
	})
}

// tellDone marks a tell as done with what comes of it, unless somebody else
// was quicker.
func (s *MessageStore) tellDone(ctx context.Context, tell sms.ID, queue func(*pgx.Batch)) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE events SET done_at = now() WHERE id = $1 AND done_at IS NULL`, int64(tell))
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		b := &pgx.Batch{}
		queue(b)
		return tx.SendBatch(ctx, b).Close()
	})
	return judge("perform a tell", err)
}

// ClaimCalls implements [outbox.WebhookStore].
func (s *MessageStore) ClaimCalls(ctx context.Context, now, until time.Time, limit int) ([]outbox.Tell, error) {
	rows, err := s.pool.Query(ctx, `UPDATE events SET due = $2 WHERE id IN (SELECT id FROM events
  WHERE done_at IS NULL AND kind = 'webhook' AND (due IS NULL OR due <= $1) ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED) RETURNING `+tellColumns, now, until, limit)
	if err != nil {
		return nil, judge("claim webhooks", err)
	}
	tells, err := pgx.CollectRows(rows, scanTell)
	return tells, judge("claim webhooks", err)
}

// PutOffCall implements [outbox.WebhookStore].
func (s *MessageStore) PutOffCall(ctx context.Context, tell sms.ID, tries int, due time.Time) error {
	_, err := s.pool.Exec(ctx, `UPDATE events SET tries = $2, due = $3 WHERE id = $1 AND done_at IS NULL`, int64(tell), tries, due)
	return judge("put off a webhook", err)
}

// Called implements [outbox.WebhookStore]: the answer is an input of the
// conversation's thread if and only if the call is marked as done.
func (s *MessageStore) Called(ctx context.Context, tell *outbox.Tell, result string, data map[string]any, now time.Time) error {
	key, _ := tell.Data["key"].(string)
	in, err := inbox.NewInput(tell.Thread, "called:"+key, dialogs.Called{Talk: tell.Talk, Key: key, Result: result, Data: data}, now)
	if err != nil {
		return &sms.PermanentError{Err: err}
	}
	return s.tellDone(ctx, tell.ID, func(b *pgx.Batch) { queueInputs(b, []inbox.Input{in}) })
}
