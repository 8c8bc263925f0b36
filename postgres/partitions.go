package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"repartee/sms"
)

// partitioned tables, with what each partition is given beside its parent's
// definition. Two updates of an outbound row stay on its page (HOT) with half
// of it free.
var partitioned = []struct {
	table, with, extra string
	keepDays           int // partitions older than this are dropped; 0: kept
}{
	{table: "inbound", extra: "CREATE INDEX ON %s (id)"},
	{table: "outbound", with: "WITH (fillfactor = 50)", extra: "CREATE INDEX ON %s (id)"},
	{table: "submits", keepDays: 4},
	{table: "conversations", with: "WITH (fillfactor = 80)"},
}

// partitionsAhead is how many days after today have their partitions: ids may
// run ahead of the clock a little, and the maker may be away a day.
const partitionsAhead = 2

// EnsurePartitions makes the partitions from yesterday to the day after
// tomorrow and drops those of tables that are kept for days only, and those of
// messages that are older than they shall be kept. A partition is
// made apart and then attached: that waits for no reader.
func EnsurePartitions(ctx context.Context, url string, now time.Time) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("make partitions: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, partitionsLock); err != nil {
		return fmt.Errorf("make partitions: %w", err)
	}
	today := now.UTC().Truncate(24 * time.Hour)
	for _, p := range partitioned {
		for day := -1; day <= partitionsAhead; day++ {
			if err := ensurePartition(ctx, conn, p.table, p.with, p.extra, today.AddDate(0, 0, day)); err != nil {
				return fmt.Errorf("make the partition of %s: %w", p.table, err)
			}
		}
		if p.keepDays > 0 {
			if err := dropPartitions(ctx, conn, p.table, today.AddDate(0, 0, -p.keepDays)); err != nil {
				return fmt.Errorf("drop old partitions of %s: %w", p.table, err)
			}
		}
	}
	if err := forget(ctx, conn, today); err != nil {
		return fmt.Errorf("drop messages that are kept no longer: %w", err)
	}
	return nil
}

// partitionsLock keeps two nodes from making the same partition.
const partitionsLock = 0x72657001

func partitionName(table string, day time.Time) string { return table + "_" + day.Format("20060102") }

func ensurePartition(ctx context.Context, conn *pgx.Conn, table, with, extra string, day time.Time) error {
	name := partitionName(table, day)
	var exists bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM pg_inherits WHERE inhparent = $1::regclass AND inhrelid = to_regclass($2))`, table, name).Scan(&exists); err != nil || exists {
		return err
	}
	low, high := sms.FirstID(day), sms.FirstID(day.AddDate(0, 0, 1))
	steps := []string{
		`DROP TABLE IF EXISTS ` + name, // left half-made by a crash
		fmt.Sprintf(`CREATE TABLE %s (LIKE %s INCLUDING DEFAULTS INCLUDING CONSTRAINTS, CHECK (id >= %d AND id < %d)) %s`, name, table, low, high, with),
		fmt.Sprintf(`ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM (%d) TO (%d)`, table, name, low, high),
	}
	if extra != "" {
		steps = append(steps, fmt.Sprintf(extra, name))
	}
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		for _, sql := range steps {
			if _, err := tx.Exec(ctx, sql); err != nil {
				return err
			}
		}
		return nil
	})
}

func dropPartitions(ctx context.Context, conn *pgx.Conn, table string, before time.Time) error {
	rows, err := conn.Query(ctx, `SELECT inhrelid::regclass::text, inhdetachpending FROM pg_inherits WHERE inhparent = $1::regclass
ORDER BY inhdetachpending DESC, 1`, table) // nothing is detached beside an unfinished one
	if err != nil {
		return err
	}
	type partition struct {
		Name    string
		Pending bool // a crash interrupted its detaching
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[partition])
	if err != nil {
		return err
	}
	for _, p := range found {
		if p.Name >= partitionName(table, before) {
			continue
		}
		how := "CONCURRENTLY"
		if p.Pending {
			how = "FINALIZE"
		}
		if _, err := conn.Exec(ctx, fmt.Sprintf(`ALTER TABLE %s DETACH PARTITION %s %s`, table, p.Name, how)); err != nil {
			return err
		}
		if _, err := conn.Exec(ctx, `DROP TABLE `+p.Name); err != nil {
			return err
		}
	}
	return nil
}
