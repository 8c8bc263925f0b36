package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// ServerStats is what a database has done so far, for measurements.
type ServerStats struct {
	Version         string
	PID             int // of the server's main process
	WALBytes        int64
	ThreadUpdates   int64
	ThreadHOT       int64 // updates that stayed on their page and touched no index
	OutboundUpdates int64
	OutboundHOT     int64
}

// ReadServerStats reads the counters. It refuses a server that does not wait
// for the disk: what is measured on it is no measure of a durable gateway.
func ReadServerStats(ctx context.Context, url string) (s ServerStats, err error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return s, fmt.Errorf("read the server's counters: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var durable bool
	err = conn.QueryRow(ctx, `SELECT current_setting('server_version'), split_part(pg_read_file('postmaster.pid'), E'\n', 1)::int, pg_current_wal_insert_lsn() - '0/0'::pg_lsn,
  current_setting('fsync') = 'on' AND current_setting('synchronous_commit') = 'on' AND current_setting('full_page_writes') = 'on',
  t.n, t.hot, o.n, o.hot
FROM (SELECT coalesce(sum(n_tup_upd), 0)::bigint n, coalesce(sum(n_tup_hot_upd), 0)::bigint hot FROM pg_stat_user_tables WHERE relname = 'threads') t,
  (SELECT coalesce(sum(n_tup_upd), 0)::bigint n, coalesce(sum(n_tup_hot_upd), 0)::bigint hot FROM pg_stat_user_tables WHERE relname LIKE 'outbound\_%') o`).
		Scan(&s.Version, &s.PID, &s.WALBytes, &durable, &s.ThreadUpdates, &s.ThreadHOT, &s.OutboundUpdates, &s.OutboundHOT)
	if err != nil {
		return s, fmt.Errorf("read the server's counters: %w", err)
	}
	if !durable {
		return s, errors.New("the server does not wait for the disk: set fsync, synchronous_commit and full_page_writes to on")
	}
	return s, nil
}

// CreateDatabase makes an empty database on the same server, for measurements.
func CreateDatabase(ctx context.Context, url, name string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("make a database: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, `CREATE DATABASE `+pgx.Identifier{name}.Sanitize()); err != nil {
		return fmt.Errorf("make a database: %w", err)
	}
	return nil
}
