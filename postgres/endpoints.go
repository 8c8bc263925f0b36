package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"repartee/endpoints"
	"repartee/programs/secret"
	"repartee/views"
)

// EndpointStore keeps event endpoints and what they are told. It is safe for
// concurrent use.
type EndpointStore struct {
	pool   *pgxpool.Pool
	sealer *secret.Sealer

	following sync.Mutex // who makes triggers and then the endpoint that wants them has nobody drop them in between
}

var (
	_ endpoints.Store = (*EndpointStore)(nil)
	_ endpoints.Queue = (*EndpointStore)(nil)
)

// endpointConns is what deliveries and the people who look after them share:
// the message path has connections of its own.
const endpointConns = 6

// OpenEndpointStore connects to the database. The caller closes the store.
func OpenEndpointStore(ctx context.Context, url string, sealer *secret.Sealer) (*EndpointStore, error) {
	c, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	c.MaxConns = endpointConns
	c.ConnConfig.RuntimeParams["timezone"] = "UTC" // of the times in events
	pool, err := pgxpool.NewWithConfig(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	return &EndpointStore{pool: pool, sealer: sealer}, nil
}

// Close ends the connections.
func (s *EndpointStore) Close() { s.pool.Close() }

const sqlEndpoints = `SELECT id, name, url, events, programs, include_text, private, secret, old_secret, old_until, created_by, created_at, disabled_at, disabled_by,
  last_success_at, failing_since, last_error FROM endpoints`

func (s *EndpointStore) scan(row pgx.CollectableRow) (e endpoints.Endpoint, err error) {
	var sealed, old []byte
	var oldUntil, disabled, success, failing pgtype.Timestamptz
	err = row.Scan(&e.ID, &e.Name, &e.URL, &e.Events, &e.Programs, &e.IncludeText, &e.Private, &sealed, &old, &oldUntil, &e.CreatedBy, &e.CreatedAt, &disabled, &e.DisabledBy,
		&success, &failing, &e.LastError)
	e.OldUntil, e.DisabledAt, e.LastSuccessAt, e.FailingSince = oldUntil.Time, disabled.Time, success.Time, failing.Time
	e.Secret, e.OldSecret = s.unseal(sealed), s.unseal(old)
	return e, err
}

// unseal opens a secret. One that was sealed with another key is none: its
// endpoint gets nothing until it has another one, and the others go on.
func (s *EndpointStore) unseal(sealed []byte) string {
	secret, err := s.sealer.Open(sealed, endpointSecret)
	if err != nil {
		return ""
	}
	return secret
}

// endpointSecret binds a sealed secret to the column. An id is not known before
// the row is there, and a secret that was moved to another endpoint only makes
// its signatures wrong.
const endpointSecret = "endpoints.secret"

func (s *EndpointStore) query(ctx context.Context, q querier, where string, args ...any) ([]endpoints.Endpoint, error) {
	rows, err := q.Query(ctx, sqlEndpoints+where, args...)
	if err != nil {
		return nil, judge("read event endpoints", err)
	}
	list, err := pgx.CollectRows(rows, s.scan)
	return list, judge("read event endpoints", err)
}

// Endpoints implements [endpoints.Store].
func (s *EndpointStore) Endpoints(ctx context.Context) ([]endpoints.Endpoint, error) {
	return s.query(ctx, s.pool, ` ORDER BY name, id`)
}

// Endpoint implements [endpoints.Store].
func (s *EndpointStore) Endpoint(ctx context.Context, id int64) (*endpoints.Endpoint, error) {
	return s.one(ctx, s.pool, id, "")
}

func (s *EndpointStore) one(ctx context.Context, q querier, id int64, lock string) (*endpoints.Endpoint, error) {
	list, err := s.query(ctx, q, ` WHERE id = $1`+lock, id)
	if err == nil && len(list) == 0 {
		err = errNoEndpoint
	}
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

var errNoEndpoint = &views.NotFoundError{Text: "there is no such event endpoint"}

// AddEndpoint implements [endpoints.Store].
func (s *EndpointStore) AddEndpoint(ctx context.Context, e *endpoints.Endpoint) (id int64, err error) {
	s.following.Lock()
	defer s.following.Unlock()
	if err := s.follow(ctx, e.Events); err != nil {
		return 0, err
	}
	fields, err := s.fields(e)
	if err != nil {
		return 0, err
	}
	err = s.pool.QueryRow(ctx, `INSERT INTO endpoints (name, url, events, programs, include_text, private, secret, old_secret, old_until, secret_key, disabled_at, disabled_by,
  failing_since, last_error, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) RETURNING id`,
		append(fields, e.CreatedBy, e.CreatedAt)...).Scan(&id)
	return id, judge("add an event endpoint", err)
}

// fields are the columns that a change may change.
func (s *EndpointStore) fields(e *endpoints.Endpoint) ([]any, error) {
	sealed, err := s.sealer.Seal(e.Secret, endpointSecret)
	if err != nil {
		return nil, err
	}
	var old []byte
	if e.OldSecret != "" {
		if old, err = s.sealer.Seal(e.OldSecret, endpointSecret); err != nil {
			return nil, err
		}
	}
	return []any{
		e.Name, e.URL, e.Events, texts(e.Programs), e.IncludeText, e.Private, sealed, old, at(e.OldUntil), s.sealer.KeyID(), at(e.DisabledAt), e.DisabledBy,
		at(e.FailingSince), e.LastError,
	}, nil
}

// ChangeEndpoint implements [endpoints.Store].
func (s *EndpointStore) ChangeEndpoint(ctx context.Context, id int64, f func(*endpoints.Endpoint) error) error {
	s.following.Lock()
	defer s.following.Unlock()
	var wanted []endpoints.Type
	change := func(write bool) error {
		return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
			e, err := s.one(ctx, tx, id, ` FOR UPDATE`)
			if err != nil {
				return err
			}
			if err := f(e); err != nil {
				return err
			}
			if wanted = e.Events; !e.DisabledAt.IsZero() {
				wanted = nil
			}
			if e.Secret == "" {
				return errUnsealed
			}
			if !write {
				return nil
			}
			fields, err := s.fields(e)
			if err != nil {
				return err
			}
			_, err = tx.Exec(ctx, `UPDATE endpoints SET name = $2, url = $3, events = $4, programs = $5, include_text = $6, private = $7, secret = $8, old_secret = $9, old_until = $10,
  secret_key = $11, disabled_at = $12, disabled_by = $13, failing_since = $14, last_error = $15 WHERE id = $1`, append([]any{id}, fields...)...)
			return judge("change an event endpoint", err)
		})
	}
	if err := change(false); err != nil {
		return err
	}
	if err := s.follow(ctx, wanted); err != nil {
		return err
	}
	if err := change(true); err != nil {
		return err
	}
	return s.unfollow(ctx)
}

var errUnsealed = &views.RefusedError{Text: "the endpoint's secret was sealed with another REPARTEE_SECRET_KEY: make another secret first"}

// RemoveEndpoint implements [endpoints.Store].
func (s *EndpointStore) RemoveEndpoint(ctx context.Context, id int64) error {
	tag, err := s.pool.Exec(ctx, `DELETE FROM endpoints WHERE id = $1`, id)
	if err == nil && tag.RowsAffected() == 0 {
		return errNoEndpoint
	}
	if err != nil {
		return judge("remove an event endpoint", err)
	}
	s.following.Lock()
	defer s.following.Unlock()
	return s.unfollow(ctx)
}

const sqlDeliveries = `SELECT d.id, d.endpoint, 'evt_' || replace(d.event::text, '-', ''), d.type, d.at, d.data, d.state, d.queued_at, d.due, d.attempts, d.last_at,
  coalesce(d.status, 0), coalesce(d.took_ms, 0), d.error FROM endpoint_deliveries d`

func scanDelivery(row pgx.CollectableRow) (d endpoints.Delivery, err error) {
	var last pgtype.Timestamptz
	var took int64
	err = row.Scan(&d.ID, &d.Endpoint, &d.Event, &d.Type, &d.At, &d.Data, &d.State, &d.QueuedAt, &d.Due, &d.Attempts, &last, &d.Status, &took, &d.Error)
	d.LastAt, d.Took = last.Time, time.Duration(took)*time.Millisecond
	return d, err
}

// Deliveries implements [endpoints.Store].
func (s *EndpointStore) Deliveries(ctx context.Context, f endpoints.Filter) ([]endpoints.Delivery, error) {
	rows, err := s.pool.Query(ctx, sqlDeliveries+` WHERE d.endpoint = $1 AND ($2 = '' OR d.state = $2) AND ($3 = '' OR d.type = $3) AND ($4 = 0 OR d.id < $4)
ORDER BY d.id DESC LIMIT $5`, f.Endpoint, f.State, f.Type, f.Before, f.Limit)
	if err != nil {
		return nil, judge("read deliveries", err)
	}
	list, err := pgx.CollectRows(rows, scanDelivery)
	return list, judge("read deliveries", err)
}

// Delivery implements [endpoints.Store].
func (s *EndpointStore) Delivery(ctx context.Context, endpoint, id int64) (*endpoints.Delivery, error) {
	rows, err := s.pool.Query(ctx, sqlDeliveries+` WHERE d.endpoint = $1 AND d.id = $2`, endpoint, id)
	if err != nil {
		return nil, judge("read a delivery", err)
	}
	d, err := pgx.CollectExactlyOneRow(rows, scanDelivery)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, errNoDelivery
	}
	return &d, judge("read a delivery", err)
}

var errNoDelivery = &views.NotFoundError{Text: "there is no such delivery (any more): they are kept for 14 days"}

const sqlReplay = `UPDATE endpoint_deliveries SET state = 'pending', queued_at = $2, due = $2, attempts = 0 WHERE endpoint = $1`

// Replay implements [endpoints.Store].
func (s *EndpointStore) Replay(ctx context.Context, endpoint, id int64, now time.Time) error {
	tag, err := s.pool.Exec(ctx, sqlReplay+` AND id = $3`, endpoint, now, id)
	if err == nil && tag.RowsAffected() == 0 {
		return errNoDelivery
	}
	return judge("replay a delivery", err)
}

// ReplayFailed implements [endpoints.Store].
func (s *EndpointStore) ReplayFailed(ctx context.Context, endpoint int64, since, now time.Time) (int64, error) {
	tag, err := s.pool.Exec(ctx, sqlReplay+` AND state = 'failed' AND type <> 'endpoint.ping' AND at >= $3`, endpoint, now, since)
	return tag.RowsAffected(), judge("replay deliveries", err)
}

// SendPing implements [endpoints.Store].
func (s *EndpointStore) SendPing(ctx context.Context, endpoint int64, now time.Time) (id int64, err error) {
	err = s.pool.QueryRow(ctx, `INSERT INTO endpoint_deliveries (endpoint, event, type, at, source, data, queued_at, due)
SELECT id, gen_random_uuid(), 'endpoint.ping', $2, 0, jsonb_build_object('endpoint', id::text, 'name', name), $2, $2 FROM endpoints WHERE id = $1 RETURNING id`, endpoint, now).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, errNoEndpoint
	}
	return id, judge("send a test event", err)
}
