package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"repartee/programs"
	"repartee/sms"
)

// kept are the tables whose days go together: what a message answers and the
// conversation that it belongs to are kept as long as it is.
var kept = []string{"outbound", "conversations", "inbound"}

// forget drops the days that are older than messages shall be kept, the oldest
// first, up to one in which a message is in motion or a conversation open.
func forget(ctx context.Context, conn *pgx.Conn, today time.Time) error {
	var days int
	if err := conn.QueryRow(ctx, `SELECT keep_days FROM retention`).Scan(&days); err != nil || days == 0 {
		return err
	}
	horizon, err := quietUntil(ctx, conn, today.AddDate(0, 0, -days))
	if err != nil || horizon.IsZero() {
		return err
	}
	// First the mark: what is looked at meanwhile shall know that rows are missing.
	if _, err := conn.Exec(ctx, `UPDATE retention SET forgotten = $1 WHERE forgotten < $1`, int64(sms.FirstID(horizon))); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, `DELETE FROM events WHERE id < $1 AND done_at IS NOT NULL`, int64(sms.FirstID(horizon))); err != nil {
		return err
	}
	for _, table := range kept {
		if err := dropPartitions(ctx, conn, table, horizon); err != nil {
			return err
		}
	}
	return nil
}

// quietUntil returns the first day that is kept, at most limit; zero when no
// day goes.
func quietUntil(ctx context.Context, conn *pgx.Conn, limit time.Time) (horizon time.Time, err error) {
	rows, err := conn.Query(ctx, `SELECT DISTINCT right(inhrelid::regclass::text, 8) FROM pg_inherits
WHERE inhparent IN ('inbound'::regclass, 'outbound'::regclass, 'conversations'::regclass) ORDER BY 1`)
	if err != nil {
		return horizon, err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return horizon, err
	}
	for _, name := range names {
		day, err := time.Parse("20060102", name)
		if err != nil {
			return horizon, fmt.Errorf("partition %s is not named by its day: %w", name, err)
		}
		if !day.Before(limit) {
			break
		}
		if busy, err := inMotion(ctx, conn, day); err != nil || busy {
			return horizon, err
		}
		horizon = day.AddDate(0, 0, 1)
	}
	return horizon, nil
}

// inMotion reports whether a day has messages or conversations that are not
// over.
func inMotion(ctx context.Context, conn *pgx.Conn, day time.Time) (busy bool, err error) {
	for table, unfinished := range map[string]string{"outbound": `state IN ('held', 'queued', 'sending')`, "conversations": `ended_at IS NULL`} {
		name := partitionName(table, day)
		var exists bool
		if err := conn.QueryRow(ctx, `SELECT to_regclass($1) IS NOT NULL`, name).Scan(&exists); err != nil {
			return false, err
		}
		if !exists || busy {
			continue
		}
		sql := strings.Join([]string{`SELECT EXISTS (SELECT FROM`, name, `WHERE`, unfinished, `)`}, " ")
		if err := conn.QueryRow(ctx, sql).Scan(&busy); err != nil {
			return false, err
		}
	}
	return busy, nil
}

// Retention returns how long messages are kept, and since when there are some.
func (s *ConfigStore) Retention(ctx context.Context) (r programs.Retention, err error) {
	var forgotten sms.ID
	err = s.pool.QueryRow(ctx, `SELECT keep_days, forgotten FROM retention`).Scan(&r.KeepDays, (*int64)(&forgotten))
	if forgotten > 0 {
		r.Since = forgotten.Time()
	}
	return r, judge("read the retention", err)
}

// SetRetention changes how long messages are kept: 0 days are for ever.
func (s *ConfigStore) SetRetention(ctx context.Context, days int) error {
	_, err := s.pool.Exec(ctx, `UPDATE retention SET keep_days = $1`, days)
	return judge("change the retention", err)
}
