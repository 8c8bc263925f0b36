package postgres

import (
	"context"
	"time"

	"repartee/accounts"
)

// rememberRequests is how long an idempotency key is known.
const rememberRequests = 24 * time.Hour

// Begin implements [accounts.Store]. Keys that are a day old are forgotten.
func (s *AccountStore) Begin(ctx context.Context, r accounts.Request) (accounts.Request, error) {
	first := accounts.Request{Caller: r.Caller, Key: r.Key}
	if _, err := s.pool.Exec(ctx, `DELETE FROM idempotency WHERE at < $1`, r.At.Add(-rememberRequests)); err != nil {
		return first, judge("forget requests", err)
	}
	err := s.pool.QueryRow(ctx, `INSERT INTO idempotency AS i (caller, key, request, id, at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (caller, key) DO UPDATE SET key = i.key RETURNING request, id, answer, at`, r.Caller, r.Key, r.Digest, r.ID, r.At).
		Scan(&first.Digest, &first.ID, &first.Answer, &first.At)
	return first, judge("note a request", err)
}

// Finish implements [accounts.Store].
func (s *AccountStore) Finish(ctx context.Context, r accounts.Request) error {
	_, err := s.pool.Exec(ctx, `UPDATE idempotency SET answer = $3 WHERE caller = $1 AND key = $2`, r.Caller, r.Key, r.Answer)
	return judge("note an answer", err)
}
