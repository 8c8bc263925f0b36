package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"repartee/inbox"
	"repartee/sms"
	"repartee/views"
)

// review is a reading with what stood before it.
type review struct {
	views.Review
	before inbox.Standing
}

const sqlReviews = `SELECT r.id, r.msisdn, r.short_code, r.kind, r.rule, coalesce(i.text, ''), r.opened_at, coalesce(r.closed_at, to_timestamp(0)), coalesce(r.decision, ''),
  coalesce(r.closed_by, ''), coalesce(r.reason, ''), r.before
FROM reviews r LEFT JOIN inbound i ON i.msisdn = r.msisdn AND i.id = r.id`

// Reviews returns the open readings, oldest first; or all of them.
func (s *ConsentStore) Reviews(ctx context.Context, all bool) ([]views.Review, error) {
	rows, err := s.pool.Query(ctx, sqlReviews+` WHERE $1 OR r.closed_at IS NULL ORDER BY r.id`, all)
	if err != nil {
		return nil, judge("read reviews", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (views.Review, error) {
		r, err := scanReview(row)
		return r.Review, err
	})
	return list, judge("read reviews", err)
}

// Review returns one reading.
func (s *ConsentStore) Review(ctx context.Context, id sms.ID) (views.Review, error) {
	r, err := s.review(ctx, id)
	return r.Review, err
}

func (s *ConsentStore) review(ctx context.Context, id sms.ID) (review, error) {
	rows, err := s.pool.Query(ctx, sqlReviews+` WHERE r.id = $1`, int64(id))
	if err != nil {
		return review{}, judge("read a review", err)
	}
	r, err := pgx.CollectExactlyOneRow(rows, scanReview)
	if errors.Is(err, pgx.ErrNoRows) {
		return r, &views.NotFoundError{Text: fmt.Sprintf("there is no review %s", id)}
	}
	return r, judge("read a review", err)
}

func scanReview(row pgx.CollectableRow) (r review, err error) {
	var before []byte
	err = row.Scan((*int64)(&r.ID), (*int64)(&r.Thread.Phone), (*int32)(&r.Thread.Code), &r.Kind, &r.Rule, &r.Text, &r.OpenedAt, &r.ClosedAt, &r.Decision,
		&r.ClosedBy, &r.Reason, &before)
	if err != nil {
		return r, err
	}
	if r.Decision == "" {
		r.ClosedAt = time.Time{}
	}
	return r, json.Unmarshal(before, &r.before)
}

// Decide closes a review: kept leaves things as the gateway read them, undone
// restores what stood before. The gateway writes the ledger's entry under the
// lock of the thread; a later opt-out of the phone is not undone.
func (s *ConsentStore) Decide(ctx context.Context, id sms.ID, undo bool, by, reason string, now time.Time) error {
	r, err := s.review(ctx, id)
	if err != nil {
		return err
	}
	data, decision := inbox.ConsentData{Event: "kept", Actor: "person", By: by, Reason: reason, Review: id}, "kept"
	if undo {
		decision = "undone"
		switch r.Kind {
		case "opt-out":
			data.Event, data.Before = "undone", r.before
		case "wrong-number":
			data.Event = "resumed"
		default:
			return &views.RefusedError{Text: fmt.Sprintf("review %s changed nothing that could be undone: keep it, or suppress the phone", id)}
		}
	}
	input, err := inbox.NewInput(r.Thread, "review "+id.String(), data, now)
	if err != nil {
		return err
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE reviews SET closed_at = $2, decision = $3, closed_by = $4, reason = $5 WHERE id = $1 AND closed_at IS NULL`, int64(id), now, decision, by, reason)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return errClosed
		}
		b := &pgx.Batch{}
		queueInputs(b, []inbox.Input{input})
		return tx.SendBatch(ctx, b).Close()
	})
	if errors.Is(err, errClosed) {
		return &views.RefusedError{Text: fmt.Sprintf("review %s was closed by %s: %s", id, r.ClosedBy, r.Decision)}
	}
	return judge("close a review", err)
}

var errClosed = errors.New("closed already")
