package postgres

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"repartee/inbox"
	"repartee/outbox"
	"repartee/sms"
)

// MessageStore is the message path's store: threads, messages, receipts. It is
// safe for concurrent use.
type MessageStore struct {
	pool   *pgxpool.Pool
	hash   func(sms.MSISDN) []byte
	once   sync.Once
	closed chan struct{}
}

var (
	_ inbox.Store     = (*MessageStore)(nil)
	_ inbox.BindStore = (*MessageStore)(nil)
	_ outbox.Store    = (*MessageStore)(nil)
)

// hotSettings are those of the connections of the message path. Plans are
// made once, for any partition and before a fresh one has statistics: lookups
// by key only (docs/message-path.md, "Rules for the SQL").
var hotSettings = map[string]string{
	"plan_cache_mode":                     "force_generic_plan",
	"enable_seqscan":                      "off",
	"enable_hashjoin":                     "off",
	"enable_mergejoin":                    "off",
	"enable_bitmapscan":                   "off",
	"enable_material":                     "off",
	"enable_memoize":                      "off",
	"jit":                                 "off",
	"statement_timeout":                   "5s",
	"lock_timeout":                        "2s",
	"idle_in_transaction_session_timeout": "10s",
	"timezone":                            "UTC",
}

// ApplicationName marks the connections of a node's incarnation, so that its
// successor can end those that outlive it.
func ApplicationName(node sms.ID) string { return applicationPrefix + node.String() }

const applicationPrefix = "repartee-"

// OpenMessageStore connects for a node's message path. hash is the keyed hash
// of a phone (see [PhoneHash]).
func OpenMessageStore(ctx context.Context, url string, node sms.ID, conns int32, hash func(sms.MSISDN) []byte) (*MessageStore, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("REPARTEE_DATABASE_URL is not usable: %w", err)
	}
	for k, v := range hotSettings {
		cfg.ConnConfig.RuntimeParams[k] = v
	}
	cfg.ConnConfig.RuntimeParams["application_name"] = ApplicationName(node)
	cfg.ConnConfig.ConnectTimeout = 3 * time.Second
	cfg.MaxConns, cfg.MinConns = conns, min(conns, 4)
	cfg.MaxConnIdleTime = time.Hour
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	return &MessageStore{pool: pool, hash: hash, closed: make(chan struct{})}, nil
}

// Close ends the connections, and the questions that have no answer yet. It
// may be called twice.
func (s *MessageStore) Close() {
	s.once.Do(func() { close(s.closed) })
	s.pool.Close()
}

// PhoneHash returns the keyed hash under which the suppression list and the
// ledger know a phone: HMAC-SHA-256 over its digits. A bare hash of a phone
// number is reversed by trying all numbers.
func PhoneHash(key []byte) func(sms.MSISDN) []byte {
	return func(m sms.MSISDN) []byte {
		mac := hmac.New(sha256.New, key)
		_, _ = mac.Write([]byte(m.String())) // a hash never fails
		return mac.Sum(nil)
	}
}

// dbError is a database error as it may be logged: SQLSTATE and constraint,
// no detail.
type dbError struct {
	what, state, constraint string
	err                     error
}

// Error implements error.
func (e *dbError) Error() string {
	text := e.what + ": SQLSTATE " + e.state
	if e.constraint != "" {
		text += " (" + e.constraint + ")"
	}
	return text
}

// Unstorable reports whether a value is one that the database cannot hold: a
// NUL in a text (22021, in JSON 22P05), a number out of its range.
func (e *dbError) Unstorable() bool {
	return e.state == "22021" || e.state == "22P05" || e.state == "22003"
}

// Unwrap returns the database's own error, whose detail may hold private data.
func (e *dbError) Unwrap() error { return e.err }

// judge wraps an error of a transaction: permanent when the rows are at fault.
func judge(what string, err error) error {
	if err == nil {
		return nil
	}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		var known *sms.PermanentError
		if errors.As(err, &known) {
			return err
		}
		return fmt.Errorf("%s: the database is away: %w", what, err)
	}
	e := &dbError{what: what, state: pg.Code, constraint: pg.ConstraintName, err: err}
	if transient(pg.Code) {
		return e
	}
	return &sms.PermanentError{Err: e}
}

// transient reports whether an SQLSTATE speaks of the moment, not of the rows:
// connection, rollback, resources, operator intervention, lock time-outs, and
// a schema that is being migrated.
func transient(code string) bool {
	switch code[:min(2, len(code))] {
	case "08", "40", "53", "57", "58", "55", "25", "XX":
		return true
	}
	return false
}

// lost reports whether an error leaves the outcome of a COMMIT open: the
// database did not answer it.
func lost(err error) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return true
	}
	return strings.HasPrefix(pg.Code, "08") || pg.Code == "57P01" || pg.Code == "57P02" || pg.Code == "57P03"
}

// witness names a row that a transaction inserted under an id that nothing else
// ever has: it is there if and only if the transaction was committed. The
// transaction's own number is no such proof: a server that crashed gives it
// out again when nothing of the transaction had reached the disk.
type witness struct {
	inbound bool // a row of inbound, else of events
	to      sms.MSISDN
	id      sms.ID
}

// outcome asks what became of a transaction whose COMMIT was not answered,
// until it is over and the database says so, ctx ends, or the store is closed.
func (s *MessageStore) outcome(ctx context.Context, xid string, w witness) (committed bool, err error) {
	for pause := 20 * time.Millisecond; ; pause = min(2*pause, 500*time.Millisecond) {
		var over bool
		if over, err = isOver(ctx, s.pool, xid); over {
			// A statement after the one that saw the end, so that it sees all that was committed.
			if committed, err = w.stored(ctx, s.pool); err == nil {
				return committed, nil
			}
		}
		select {
		case <-s.closed:
			return false, fmt.Errorf("the outcome of transaction %s is not known: the store is closed: %w", xid, err)
		case <-ctx.Done():
			return false, fmt.Errorf("the outcome of transaction %s is not known: %w", xid, errors.Join(ctx.Err(), err))
		case <-time.After(pause):
		}
	}
}

// isOver reports whether no transaction of the number is in progress.
func isOver(ctx context.Context, pool *pgxpool.Pool, xid string) (bool, error) {
	var status *string
	err := pool.QueryRow(ctx, `SELECT pg_xact_status($1::text::xid8)`, xid).Scan(&status)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == invalidParameter {
		return true, nil // a number "in the future": the server crashed and has not given it out again yet
	}
	return err == nil && (status == nil || *status != "in progress"), err
}

const invalidParameter = "22023"

func (w witness) stored(ctx context.Context, pool *pgxpool.Pool) (stored bool, err error) {
	if w.inbound {
		err = pool.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM inbound WHERE msisdn = $1 AND id = $2)`, int64(w.to), int64(w.id)).Scan(&stored)
	} else {
		err = pool.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM events WHERE id = $1)`, int64(w.id)).Scan(&stored)
	}
	return stored, err
}

// results runs a queued batch and hands each result, in order, to its reader.
// It returns the first error; all results are consumed in any case.
func results(ctx context.Context, conn *pgxpool.Conn, b *pgx.Batch) error {
	return conn.SendBatch(ctx, b).Close()
}

// at turns a time into a parameter; the zero time is NULL.
func at(t time.Time) pgtype.Timestamptz { return pgtype.Timestamptz{Time: t, Valid: !t.IsZero()} }

// packRecent and unpackRecent store a thread's last MOs: four big-endian
// 64-bit numbers each.
func packRecent(rs []inbox.Recent) []byte {
	b := make([]byte, 0, 32*len(rs))
	for _, r := range rs {
		b = binary.BigEndian.AppendUint64(b, uint64(r.Fingerprint))
		b = binary.BigEndian.AppendUint64(b, uint64(r.ID))
		b = binary.BigEndian.AppendUint64(b, uint64(r.Bind))
		b = binary.BigEndian.AppendUint64(b, uint64(r.Arrival))
	}
	return b
}

func unpackRecent(b []byte) []inbox.Recent {
	rs := make([]inbox.Recent, 0, len(b)/32+1)
	for ; len(b) >= 32; b = b[32:] {
		rs = append(rs, inbox.Recent{
			Fingerprint: int64(binary.BigEndian.Uint64(b)), ID: sms.ID(binary.BigEndian.Uint64(b[8:])),
			Bind: int64(binary.BigEndian.Uint64(b[16:])), Arrival: int64(binary.BigEndian.Uint64(b[24:])),
		})
	}
	return rs
}

// timesLiteral writes times as an array literal: arrays of arrays are not unnested.
func timesLiteral(ts []time.Time) string {
	if len(ts) == 0 {
		return "{}"
	}
	var b strings.Builder
	for i, t := range ts {
		b.WriteByte("{,"[min(i, 1)])
		b.WriteString(strconv.Quote(t.UTC().Format(time.RFC3339Nano)))
	}
	b.WriteByte('}')
	return b.String()
}
