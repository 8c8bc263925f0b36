package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"repartee/accounts"
)

// seenEach is how exactly it is known when a session or key was used last.
const seenEach = time.Minute

// AddSession implements [accounts.Store]; sessions that are over go.
func (s *AccountStore) AddSession(ctx context.Context, t accounts.Token, n *accounts.Session) error {
	_, err := s.pool.Exec(ctx, `WITH old AS (DELETE FROM sessions WHERE expires_at <= $3)
INSERT INTO sessions (token_hash, user_id, created_at, seen_at, expires_at, address, agent) VALUES ($1, $2, $3, $3, $4, $5, left($6, 200))`,
		t.Hash(), n.User, n.CreatedAt, n.ExpiresAt, n.Address, n.Agent)
	return judge("add a session", err)
}

// SessionUser implements [accounts.Store].
func (s *AccountStore) SessionUser(ctx context.Context, t accounts.Token, now time.Time) (*accounts.User, *accounts.Session, error) {
	var n accounts.Session
	err := s.pool.QueryRow(ctx, `SELECT id, user_id, created_at, seen_at, expires_at, address, agent FROM sessions WHERE token_hash = $1 AND expires_at > $2`, t.Hash(), now).
		Scan(&n.ID, &n.User, &n.CreatedAt, &n.SeenAt, &n.ExpiresAt, &n.Address, &n.Agent)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil, accounts.ErrNotFound
	}
	if err != nil {
		return nil, nil, judge("read a session", err)
	}
	u, err := s.oneUser(ctx, s.pool, `id = $1 AND disabled_at IS NULL`, n.User)
	if err != nil {
		return nil, nil, err
	}
	if now.Sub(n.SeenAt) >= seenEach {
		_, err = s.pool.Exec(ctx, `UPDATE sessions SET seen_at = $2 WHERE token_hash = $1`, t.Hash(), now)
	}
	return u, &n, judge("note a session", err)
}

// Sessions implements [accounts.Store].
func (s *AccountStore) Sessions(ctx context.Context, user int64, now time.Time) ([]accounts.Session, error) {
	rows, err := s.pool.Query(ctx, `SELECT id, user_id, created_at, seen_at, expires_at, address, agent FROM sessions WHERE user_id = $1 AND expires_at > $2 ORDER BY seen_at DESC`, user, now)
	if err != nil {
		return nil, judge("read the sessions", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[accounts.Session])
	return list, judge("read the sessions", err)
}

// EndSession implements [accounts.Store].
func (s *AccountStore) EndSession(ctx context.Context, user, session int64) error {
	_, err := s.pool.Exec(ctx, `DELETE FROM sessions WHERE user_id = $1 AND ($2::bigint = 0 OR id = $2)`, user, session)
	return judge("end a session", err)
}

const keyColumns = `id, name, hint, role, programs, created_by, created_at, coalesce(expires_at, '0001-01-01Z'), coalesce(used_at, '0001-01-01Z'), coalesce(revoked_at, '0001-01-01Z')`

// AddKey implements [accounts.Store].
func (s *AccountStore) AddKey(ctx context.Context, t accounts.Token, k *accounts.Key) (id int64, err error) {
	err = s.pool.QueryRow(ctx, `INSERT INTO api_keys (name, token_hash, hint, role, programs, created_by, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
		k.Name, t.Hash(), k.Hint, string(k.Role), list(k.Programs), k.CreatedBy, k.CreatedAt, orNull(k.ExpiresAt)).Scan(&id)
	return id, judge("add a key", err)
}

// KeyOf implements [accounts.Store].
func (s *AccountStore) KeyOf(ctx context.Context, t accounts.Token, now time.Time) (*accounts.Key, error) {
	rows, err := s.pool.Query(ctx, `SELECT `+keyColumns+` FROM api_keys WHERE token_hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)`, t.Hash(), now)
	if err != nil {
		return nil, judge("read a key", err)
	}
	k, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[accounts.Key])
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, accounts.ErrNotFound
	}
	if err == nil && now.Sub(k.UsedAt) >= seenEach {
		_, err = s.pool.Exec(ctx, `UPDATE api_keys SET used_at = $2 WHERE id = $1`, k.ID, now)
	}
	return &k, judge("read a key", err)
}

// Keys implements [accounts.Store].
func (s *AccountStore) Keys(ctx context.Context) ([]accounts.Key, error) {
	rows, err := s.pool.Query(ctx, `SELECT `+keyColumns+` FROM api_keys ORDER BY name, id`)
	if err != nil {
		return nil, judge("read the keys", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[accounts.Key])
	return list, judge("read the keys", err)
}

// RevokeKey implements [accounts.Store].
func (s *AccountStore) RevokeKey(ctx context.Context, id int64, now time.Time) error {
	tag, err := s.pool.Exec(ctx, `UPDATE api_keys SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1`, id, now)
	if err == nil && tag.RowsAffected() == 0 {
		return accounts.ErrNotFound
	}
	return judge("revoke a key", err)
}
