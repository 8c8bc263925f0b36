package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"repartee/accounts"
	"repartee/programs/secret"
)

// AccountStore implements [accounts.Store].
type AccountStore struct {
	pool   *pgxpool.Pool
	sealer *secret.Sealer // of second factors
}

var _ accounts.Store = (*AccountStore)(nil)

// accountConns is enough for people; the API's other work has connections of
// its own.
const accountConns = 4

// OpenAccountStore connects to a database. The caller closes the store.
func OpenAccountStore(ctx context.Context, url string, sealer *secret.Sealer) (*AccountStore, error) {
	c, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	c.MaxConns = accountConns
	pool, err := pgxpool.NewWithConfig(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	return &AccountStore{pool: pool, sealer: sealer}, nil
}

// Close closes the connections.
func (s *AccountStore) Close() { s.pool.Close() }

const userColumns = `id, email, name, role, programs, password, totp, new_totp, totp_step, recovery, failed, coalesce(failed_at, '0001-01-01Z'), created_at, coalesce(disabled_at, '0001-01-01Z')`

func (s *AccountStore) scanUser(row pgx.CollectableRow) (accounts.User, error) {
	var u accounts.User
	var totp, newTOTP []byte
	err := row.Scan(&u.ID, &u.Email, &u.Name, &u.Role, &u.Programs, &u.Password, &totp, &newTOTP, &u.TOTPStep, &u.Recovery, &u.Failed, &u.FailedAt, &u.CreatedAt, &u.DisabledAt)
	for _, f := range []struct {
		sealed []byte
		secret *string
	}{{totp, &u.TOTP}, {newTOTP, &u.NewTOTP}} {
		if err == nil && f.sealed != nil {
			*f.secret, err = s.sealer.Open(f.sealed, totpPlace(u.ID))
		}
	}
	return u, err
}

// totpPlace binds a sealed second factor to its user.
func totpPlace(user int64) string { return fmt.Sprintf("users.totp/%d", user) }

func (s *AccountStore) oneUser(ctx context.Context, q querier, where string, args ...any) (*accounts.User, error) {
	rows, err := q.Query(ctx, `SELECT `+userColumns+` FROM users WHERE `+where, args...)
	if err != nil {
		return nil, judge("read an account", err)
	}
	u, err := pgx.CollectExactlyOneRow(rows, s.scanUser)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, accounts.ErrNotFound
	}
	return &u, judge("read an account", err)
}

// Owners implements [accounts.Store].
func (s *AccountStore) Owners(ctx context.Context) (n int, err error) {
	err = s.pool.QueryRow(ctx, `SELECT count(*) FROM users WHERE role = 'owner' AND password <> '' AND disabled_at IS NULL`).Scan(&n)
	return n, judge("count the owners", err)
}

// Users implements [accounts.Store].
func (s *AccountStore) Users(ctx context.Context) ([]accounts.User, error) {
	rows, err := s.pool.Query(ctx, `SELECT `+userColumns+` FROM users ORDER BY email`)
	if err != nil {
		return nil, judge("read the accounts", err)
	}
	list, err := pgx.CollectRows(rows, s.scanUser)
	return list, judge("read the accounts", err)
}

// User implements [accounts.Store].
func (s *AccountStore) User(ctx context.Context, id int64) (*accounts.User, error) {
	return s.oneUser(ctx, s.pool, `id = $1`, id)
}

// UserByEmail implements [accounts.Store].
func (s *AccountStore) UserByEmail(ctx context.Context, email string) (*accounts.User, error) {
	return s.oneUser(ctx, s.pool, `email = lower($1)`, email)
}

// AddUser implements [accounts.Store].
func (s *AccountStore) AddUser(ctx context.Context, u *accounts.User) (id int64, err error) {
	err = s.pool.QueryRow(ctx, `INSERT INTO users (email, name, role, programs, password, created_at) VALUES (lower($1), $2, $3, $4, $5, $6) RETURNING id`,
		u.Email, u.Name, string(u.Role), list(u.Programs), u.Password, u.CreatedAt).Scan(&id)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "23505" {
		return 0, accounts.ErrTaken
	}
	return id, judge("add an account", err)
}

// ChangeUser implements [accounts.Store]. Accounts change one after another,
// so that the last owner stays.
func (s *AccountStore) ChangeUser(ctx context.Context, id int64, f func(*accounts.User) error) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT FROM users WHERE role = 'owner' OR id = $1 ORDER BY id FOR UPDATE`, id); err != nil {
			return judge("lock the accounts", err)
		}
		u, err := s.oneUser(ctx, tx, `id = $1`, id)
		if err != nil {
			return err
		}
		if err := f(u); err != nil {
			return err
		}
		if err := s.writeUser(ctx, tx, u); err != nil {
			return judge("change an account", err)
		}
		var owners int
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM users WHERE role = 'owner' AND disabled_at IS NULL`).Scan(&owners); err != nil {
			return judge("count the owners", err)
		}
		if owners == 0 {
			return accounts.ErrLastOwner
		}
		return nil
	})
}

func (s *AccountStore) writeUser(ctx context.Context, tx pgx.Tx, u *accounts.User) error {
	totp, err1 := s.sealed(u.ID, u.TOTP)
	newTOTP, err2 := s.sealed(u.ID, u.NewTOTP)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	if u.Recovery == nil {
		u.Recovery = [][]byte{}
	}
	_, err := tx.Exec(ctx, `UPDATE users SET name = $2, role = $3, programs = $4, password = $5, totp = $6, new_totp = $7, totp_step = $8, recovery = $9, failed = $10, failed_at = $11, disabled_at = $12 WHERE id = $1`,
		u.ID, u.Name, string(u.Role), list(u.Programs), u.Password, totp, newTOTP, u.TOTPStep, u.Recovery, u.Failed, orNull(u.FailedAt), orNull(u.DisabledAt))
	return err
}

// sealed seals the secret of a second factor; none stays none.
func (s *AccountStore) sealed(user int64, secret string) ([]byte, error) {
	if secret == "" {
		return nil, nil
	}
	return s.sealer.Seal(secret, totpPlace(user))
}

// orNull stores a zero time as NULL.
func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// AddLink implements [accounts.Store].
func (s *AccountStore) AddLink(ctx context.Context, t accounts.Token, user int64, until time.Time) error {
	_, err := s.pool.Exec(ctx, `WITH old AS (DELETE FROM account_links WHERE user_id IS NOT DISTINCT FROM nullif($2::bigint, 0))
INSERT INTO account_links (token_hash, user_id, expires_at) VALUES ($1, nullif($2::bigint, 0), $3)`, t.Hash(), user, until)
	return judge("add a link", err)
}

// TakeLink implements [accounts.Store].
func (s *AccountStore) TakeLink(ctx context.Context, t accounts.Token, now time.Time) (user int64, err error) {
	err = s.pool.QueryRow(ctx, `DELETE FROM account_links WHERE token_hash = $1 AND expires_at > $2 RETURNING coalesce(user_id, 0)`, t.Hash(), now).Scan(&user)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, accounts.ErrNotFound
	}
	return user, judge("use a link", err)
}

// Log implements [accounts.Store].
func (s *AccountStore) Log(ctx context.Context, e *accounts.Entry) error {
	_, err := s.pool.Exec(ctx, `INSERT INTO audit (at, caller, action, object, program, before, after, address, request) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		e.At, e.Caller, e.Action, e.Object, e.Program, jsonOrNull(e.Before), jsonOrNull(e.After), e.Address, e.Request)
	return judge("write the audit log", err)
}

// Entries implements [accounts.Store].
func (s *AccountStore) Entries(ctx context.Context, object string, programs []string, before int64, limit int) ([]accounts.Entry, error) {
	rows, err := s.pool.Query(ctx, `SELECT id, at, caller, action, object, program, before::text, after::text, address, request FROM audit
		WHERE ($1 = '' OR object = $1) AND ($2::bigint = 0 OR id < $2) AND ($4::text[] = '{}' OR program = ANY ($4)) ORDER BY id DESC LIMIT $3`, object, before, limit, texts(programs))
	if err != nil {
		return nil, judge("read the audit log", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (e accounts.Entry, err error) {
		err = row.Scan(&e.ID, &e.At, &e.Caller, &e.Action, &e.Object, &e.Program, &e.Before, &e.After, &e.Address, &e.Request)
		return e, err
	})
	return list, judge("read the audit log", err)
}
