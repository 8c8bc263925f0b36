package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"repartee/dialogs"
	"repartee/inbox"
	"repartee/sms"
)

// The first answer closes a task: the event that it raises becomes an input of
// the thread that waits for it, and the others of the group are told.
const sqlCloseTasks = `WITH a AS (SELECT DISTINCT ON (task) * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[])
  WITH ORDINALITY x(ask, task, msisdn, event, text, n) ORDER BY task, n),
closed AS (UPDATE tasks t SET closed_at = $6, closed_by = a.msisdn, ask = a.ask FROM a WHERE t.id = a.task AND t.closed_at IS NULL
  RETURNING t.id, t.msisdn, t.short_code, t.talk, t.program, t.staff, t.language, t.closed_by, a.ask, a.event, a.text),
pushed AS (INSERT INTO inputs (msisdn, short_code, kind, key, data, at)
  SELECT c.msisdn, c.short_code, 'event', 'task:' || c.id, jsonb_build_object('Name', c.event, 'Talk', c.talk::text,
    'Data', jsonb_build_object('by', coalesce(p.first_name, c.staff), 'text', c.text)), $6
  FROM closed c LEFT JOIN contacts p ON p.msisdn = c.closed_by),
woken AS (INSERT INTO wakes (due, msisdn, short_code, kind) SELECT $6, msisdn, short_code, 2 FROM closed ON CONFLICT DO NOTHING),
told AS (INSERT INTO events (id, at, kind, msisdn, short_code, program, talk, data)
  SELECT c.ask, $6, 'task-closed', c.msisdn, c.short_code, c.program, c.talk,
    jsonb_build_object('task', c.id::text, 'by', c.closed_by::text, 'language', c.language) FROM closed c)
SELECT ask FROM closed`

// closeTasks answers asks "task".
func closeTasks(ctx context.Context, tx *inboxTx, now time.Time, asks []inbox.Ask) ([]dialogs.Answer, error) {
	n := len(asks)
	ids, tasks, phones, events, texts := make([]int64, n), make([]int64, n), make([]int64, n), make([]string, n), make([]string, n)
	for i, a := range asks {
		var task sms.ID
		if err := task.UnmarshalText([]byte(textOf(a.Data, "task"))); err != nil {
			return nil, &sms.PermanentError{Err: err}
		}
		ids[i], tasks[i], phones[i], events[i], texts[i] = int64(a.ID), int64(task), int64(a.Thread.Phone), textOf(a.Data, "event"), textOf(a.Data, "text")
	}
	rows, err := tx.conn.Query(ctx, sqlCloseTasks, ids, tasks, phones, events, texts, now)
	if err != nil {
		return nil, err
	}
	won, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, err
	}
	answers := make([]dialogs.Answer, n)
	for i := range answers {
		answers[i].Result = "taken"
	}
	for i, id := range ids {
		for _, w := range won {
			if w == id {
				answers[i].Result = "ok"
			}
		}
	}
	return answers, nil
}

// reopenTasks takes back answers to tasks.
func reopenTasks(ctx context.Context, tx *inboxTx, _ time.Time, asks []inbox.Ask) error {
	ids := make([]int64, len(asks))
	for i := range asks {
		ids[i] = int64(asks[i].ID)
	}
	_, err := tx.conn.Exec(ctx, `WITH open AS (UPDATE tasks t SET closed_at = NULL, closed_by = NULL, ask = NULL FROM unnest($1::bigint[]) a(id) WHERE t.ask = a.id
  RETURNING t.id, t.msisdn, t.short_code),
untold AS (DELETE FROM events e USING unnest($1::bigint[]) a(id) WHERE e.id = a.id AND e.kind = 'task-closed')
DELETE FROM inputs i USING open o WHERE i.msisdn = o.msisdn AND i.short_code = o.short_code AND i.key = 'task:' || o.id`, ids)
	return err
}

// textOf reads a text of the data of an ask or effect, "" for none.
func textOf(data map[string]any, key string) string {
	s, _ := data[key].(string)
	return s
}

// Only tasks whose conversation still waits are open.
const sqlTasks = `SELECT p.msisdn, p.short_code, t.id, t.number, t.flow, t.version, t.notice, t.language
FROM unnest($1::bigint[], $2::int[]) k(msisdn, short_code)
JOIN task_phones p ON p.msisdn = k.msisdn AND p.short_code = k.short_code
JOIN tasks t ON t.id = p.task AND t.closed_at IS NULL
JOIN conversations c ON c.msisdn = t.msisdn AND c.id = t.talk AND c.ended_at IS NULL
ORDER BY t.id`

// Tasks implements [inbox.Tx].
func (tx *inboxTx) Tasks(ctx context.Context, threads []sms.Thread) (map[sms.Thread][]dialogs.Task, error) {
	phones, codes := keysOf(threads)
	rows, err := tx.conn.Query(ctx, sqlTasks, phones, codes)
	if err != nil {
		return nil, judge("load tasks", err)
	}
	defer rows.Close()
	tasks := map[sms.Thread][]dialogs.Task{}
	for rows.Next() {
		var key sms.Thread
		var t dialogs.Task
		if err := rows.Scan((*int64)(&key.Phone), (*int32)(&key.Code), (*int64)(&t.ID), &t.Number, &t.Flow, &t.Version, &t.Notice, &t.Language); err != nil {
			return nil, err
		}
		tasks[key] = append(tasks[key], t)
	}
	return tasks, judge("load tasks", rows.Err())
}
