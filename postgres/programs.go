package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"repartee/dialogs"
	"repartee/programs"
	"repartee/programs/secret"
	"repartee/sms"
)

// ConfigChannel is the channel on which every change of the configuration is
// notified, with its version as payload.
const ConfigChannel = "config"

// ConfigStore is the configuration in a database: what `repartee apply` and the
// admin UI write, and nodes read. It is safe for concurrent use.
type ConfigStore struct {
	pool   *pgxpool.Pool
	sealer *secret.Sealer // of the carriers' passwords
}

// NewConfigStore returns the configuration behind a pool. The store does not
// close it.
func NewConfigStore(pool *pgxpool.Pool, sealer *secret.Sealer) *ConfigStore {
	return &ConfigStore{pool: pool, sealer: sealer}
}

// OpenConfigStore connects to a database for commands that need nothing else
// of it. The caller calls done at the end.
func OpenConfigStore(ctx context.Context, url string, sealer *secret.Sealer) (s *ConfigStore, done func(), err error) {
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return nil, nil, fmt.Errorf("connect to the database: %w", err)
	}
	return NewConfigStore(pool, sealer), pool.Close, nil
}

// Version returns the version of the configuration.
func (s *ConfigStore) Version(ctx context.Context) (int64, error) {
	var version int64
	if err := s.pool.QueryRow(ctx, `SELECT version FROM config`).Scan(&version); err != nil {
		return 0, fmt.Errorf("read the configuration's version: %w", err)
	}
	return version, nil
}

// CurrentShop returns all configuration objects, as one moment saw them: the
// newest published version of each flow, passwords opened.
func (s *ConfigStore) CurrentShop(ctx context.Context) (*programs.Shop, error) {
	shop := &programs.Shop{}
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err := pgx.BeginTxFunc(ctx, s.pool, options, func(tx pgx.Tx) error { return readShop(ctx, tx, s.sealer, shop) })
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	return shop, nil
}

// LoadSnapshot reads the configuration and compiles it. What no longer
// compiles is left out: see [programs.Snapshot]. Flows are taken from and kept
// in flows.
func (s *ConfigStore) LoadSnapshot(ctx context.Context, flows *programs.Flows) (*programs.Snapshot, error) {
	shop, err := s.CurrentShop(ctx)
	if err != nil {
		return nil, err
	}
	snapshot, _ := programs.Compile(shop, programs.DefaultRules(), flows) // the snapshot keeps the problems
	return snapshot, nil
}

// LoadFlow reads and compiles one version of a flow that conversations still
// run on, and keeps it in the snapshot. It returns nil for a version that
// there never was.
func (s *ConfigStore) LoadFlow(ctx context.Context, snapshot *programs.Snapshot, name string, version int) (*dialogs.Flow, error) {
	f := &programs.Flow{Name: name, Version: version}
	err := s.pool.QueryRow(ctx, `SELECT source FROM flow_versions WHERE flow = $1 AND version = $2`, name, version).Scan(&f.Source)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read version %d of flow %s: %w", version, name, err)
	}
	flow, err := snapshot.CompileFlow(f)
	if err != nil {
		return nil, &sms.PermanentError{Err: fmt.Errorf("compile version %d of flow %s: %w", version, name, err)}
	}
	return flow, nil
}

// Apply executes a plan that was made by comparing the wanted objects with
// [ConfigStore.CurrentShop] at version base: all of it, in one transaction, or nothing. It
// returns the configuration's new version; a plan without changes leaves the
// version as it is. [programs.ErrChanged] when base is outdated.
func (s *ConfigStore) Apply(ctx context.Context, base int64, wanted *programs.Shop, plan []programs.Change) (int64, error) {
	if !programs.Changes(plan) {
		return base, nil
	}
	var version int64
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) (err error) {
		if version, err = raiseConfig(ctx, tx, base); err != nil {
			return err
		}
		return writeShop(ctx, tx, s.sealer, wanted, changed(plan))
	})
	if errors.Is(err, programs.ErrChanged) {
		return 0, err
	}
	if err != nil {
		return 0, fmt.Errorf("write the configuration: %w", err)
	}
	return version, nil
}

// raiseConfig raises the configuration's version. Its row lock makes changes
// follow one another; the notification goes out with the commit.
func raiseConfig(ctx context.Context, tx pgx.Tx, base int64) (int64, error) {
	var version int64
	err := tx.QueryRow(ctx, `UPDATE config SET version = version + 1, changed_at = now() WHERE version = $1 RETURNING version`, base).Scan(&version)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, programs.ErrChanged
	}
	if err != nil {
		return 0, fmt.Errorf("raise the version: %w", err)
	}
	_, err = tx.Exec(ctx, `SELECT pg_notify($1, $2)`, ConfigChannel, strconv.FormatInt(version, 10))
	return version, err
}

// changed returns what a plan creates or updates, by kind and key.
func changed(plan []programs.Change) map[string]bool {
	set := map[string]bool{}
	for _, c := range plan {
		if c.Op != programs.Keep {
			set[c.Kind+" "+c.Key] = true
		}
	}
	return set
}
