package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"repartee/programs"
)

// errDryRun rolls a deletion back.
var errDryRun = errors.New("only tried")

// Delete takes an object out of the configuration at version base and returns
// the new version. It is refused with a [programs.InUseError] while anything
// needs the object, and with [programs.ErrChanged] when base is outdated. What
// messages, consents and coupons refer to stays in its table, retired. A dry
// run changes nothing.
func (s *ConfigStore) Delete(ctx context.Context, base int64, kind, key string, dryRun bool) (int64, error) {
	var version int64
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) (err error) {
		if version, err = raiseConfig(ctx, tx, base); err != nil {
			return err
		}
		if err = s.mayDelete(ctx, tx, kind, key); err != nil {
			return err
		}
		if err = s.remove(ctx, tx, kind, key); err == nil && dryRun {
			err = errDryRun
		}
		return err
	})
	var inUse *programs.InUseError
	switch {
	case errors.Is(err, errDryRun):
		return base, nil
	case errors.Is(err, programs.ErrChanged), errors.Is(err, programs.ErrNoObject), errors.As(err, &inUse):
		return 0, err
	case err != nil:
		return 0, fmt.Errorf("delete %s %s: %w", programs.Singular(kind), key, err)
	}
	return version, nil
}

// mayDelete looks for what needs the object, in the configuration and in what
// is going on.
func (s *ConfigStore) mayDelete(ctx context.Context, tx pgx.Tx, kind, key string) error {
	shop := &programs.Shop{}
	if err := readShop(ctx, tx, s.sealer, shop); err != nil {
		return err
	}
	if !shop.Has(kind, key) {
		return fmt.Errorf("%w: %s %s", programs.ErrNoObject, programs.Singular(kind), key)
	}
	needed := shop.NeededBy(programs.DefaultRules(), kind, key)
	for _, use := range uses[kind] {
		var n int64
		if err := tx.QueryRow(ctx, use.count, key).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			needed = append(needed, fmt.Sprintf("%d %s", n, use.text))
		}
	}
	if len(needed) > 0 {
		return &programs.InUseError{Kind: kind, Key: key, By: needed}
	}
	return nil
}

// use is something going on that needs an object: how many there are, and what
// to do about them.
type use struct{ count, text string }

// uses are what to look for by kind; $1 is the object's key.
var uses = map[string][]use{
	"carriers": {
		{`SELECT count(*) FROM outbox WHERE carrier = (SELECT id FROM carriers WHERE name = $1)`, "messages wait for it: let them leave or expire"},
	},
	"programs": {
		{`SELECT count(*) FROM conversations WHERE program = $1 AND ended_at IS NULL`, "conversations of it are open: let them end"},
		{openOrders, "orders of it are open: finish them (`repartee order`)"},
		{`SELECT count(*) FROM outbox WHERE program = (SELECT id FROM programs WHERE name = $1)`, "messages of it wait: let them leave or expire"},
	},
	"catalogues": {{openOrders, "orders are open: finish them (`repartee order`)"}},
	"places": {
		{`SELECT count(*) FROM orders WHERE place = $1 AND state NOT IN ('refused', 'done')`, "orders for it are open: finish them (`repartee order`)"},
	},
	"offers": {
		{
			`SELECT count(*) FROM coupons c JOIN offers o ON o.id = c.offer WHERE o.name = $1 AND c.msisdn IS NOT NULL AND c.used_at IS NULL AND coalesce(c.valid_until > now(), true)`,
			"coupons of it can still be used: give it an `until` and wait for them, or redeem them",
		},
	},
	"flows": {
		{`SELECT count(*) FROM conversations WHERE flow = $1 AND ended_at IS NULL`, "conversations of it are open: let them end, or publish a version with open: {end: TEXT}"},
	},
	"short_codes": {
		{`SELECT count(*) FROM conversations WHERE short_code = $1::text::int AND ended_at IS NULL`, "conversations on it are open: let them end"},
		{`SELECT count(*) FROM outbox WHERE short_code = $1::text::int`, "messages of it wait: let them leave or expire"},
	},
}

const openOrders = `SELECT count(*) FROM orders o JOIN programs p ON p.id = o.program WHERE p.name = $1 AND o.state NOT IN ('refused', 'done')`

// removals are the statements that delete or retire an object by its key.
var removals = map[string][]string{
	"programs":       {`UPDATE programs SET retired_at = now() WHERE name = $1`},
	"places":         {`DELETE FROM places WHERE name = $1`},
	"webhooks":       {`DELETE FROM webhooks WHERE name = $1`},
	"contact_fields": {`DELETE FROM contact_fields WHERE name = $1`},
	"offers": {
		`DELETE FROM coupons c USING offers o WHERE o.id = c.offer AND o.name = $1 AND c.msisdn IS NULL AND c.ask IS NULL AND c.used_at IS NULL`,
		`UPDATE offers SET retired_at = now() WHERE name = $1`,
	},
	"catalogues": {`DELETE FROM catalogues WHERE program = (SELECT id FROM programs WHERE name = $1)`},
	"polls":      {`UPDATE polls SET retired_at = now() WHERE name = $1`},
	"games":      {`UPDATE games SET retired_at = now() WHERE name = $1`},
	"flows": {
		`UPDATE flows SET pinned = NULL WHERE name = $1`,
		`DELETE FROM flow_versions WHERE flow = $1 AND state = 'draft'`,
		`UPDATE flow_versions SET state = 'retired' WHERE flow = $1 AND state = 'published'`,
	},
	"short_codes": {`DELETE FROM short_codes WHERE number = $1::text::int`},
	"keywords":    {`DELETE FROM keywords WHERE short_code = split_part($1, ' ', 1)::int AND folded = substr($1, strpos($1, ' ') + 1)`},
}

// remove takes the object out. A carrier that is retired keeps no password.
func (s *ConfigStore) remove(ctx context.Context, tx pgx.Tx, kind, key string) error {
	if kind == "carriers" {
		sealed, err := s.sealer.Seal("", passwordPlace(key))
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE carriers SET retired_at = now(), password = $2, password_key = $3 WHERE name = $1`, key, sealed, s.sealer.KeyID())
		return err
	}
	batch := &pgx.Batch{}
	for _, sql := range removals[kind] {
		batch.Queue(sql, key)
	}
	return tx.SendBatch(ctx, batch).Close()
}
