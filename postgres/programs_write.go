package postgres

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"repartee/dialogs"
	"repartee/inbox"
	"repartee/programs"
	"repartee/programs/secret"
	"repartee/sms/fold"
)

// writeShop writes the objects whose kind and key are in the set, those that
// others refer to first.
func writeShop(ctx context.Context, tx pgx.Tx, sealer *secret.Sealer, wanted *programs.Shop, set map[string]bool) error {
	for _, c := range wanted.Carriers {
		if set["carrier "+c.Name] {
			if err := writeCarrier(ctx, tx, sealer, c); err != nil {
				return fmt.Errorf("carrier %s: %w", c.Name, err)
			}
		}
	}
	for _, p := range wanted.Programs {
		if set["program "+p.Name] {
			if _, err := tx.Exec(ctx, upsert("programs", programColumns), programValues(p)...); err != nil {
				return fmt.Errorf("program %s: %w", p.Name, err)
			}
		}
	}
	for _, p := range wanted.Places {
		if set["place "+p.Name] {
			p.Open = object(p.Open)
			if _, err := tx.Exec(ctx, upsert("places", placeColumns), placeFields(p)...); err != nil {
				return fmt.Errorf("place %s: %w", p.Name, err)
			}
		}
	}
	for _, w := range wanted.Webhooks {
		if set["webhook "+w.Name] {
			if err := writeWebhook(ctx, tx, sealer, w); err != nil {
				return fmt.Errorf("webhook %s: %w", w.Name, err)
			}
		}
	}
	if err := writeOffers(ctx, tx, wanted, set); err != nil {
		return err
	}
	for _, f := range wanted.Flows {
		if set["flow "+f.Name] {
			if err := publishFlow(ctx, tx, f); err != nil {
				return fmt.Errorf("flow %s: %w", f.Name, err)
			}
		}
	}
	for _, c := range wanted.ShortCodes {
		if set["short code "+c.Number.String()] {
			if err := writeShortCode(ctx, tx, c); err != nil {
				return fmt.Errorf("short code %s: %w", c.Number, err)
			}
		}
	}
	return writeKeywords(ctx, tx, wanted.Keywords, set)
}

// retirable tables keep the rows of objects that were deleted.
var retirable = []string{"carriers", "programs", "offers", "polls", "games"}

// upsert is the statement that creates or updates the row whose first column
// is its name; one that was retired comes back.
func upsert(table, columns string) string {
	names := strings.Fields(columns)
	values, updates := make([]string, len(names)), make([]string, len(names)-1)
	for i, name := range names {
		values[i] = fmt.Sprintf("$%d", i+1)
		if i > 0 {
			updates[i-1] = name + " = excluded." + name
		}
	}
	if slices.Contains(retirable, table) {
		updates = append(updates, "retired_at = NULL")
	}
	return fmt.Sprintf(`INSERT INTO %s (%s) VALUES (%s) ON CONFLICT (%s) DO UPDATE SET %s`,
		table, strings.Join(names, ", "), strings.Join(values, ", "), names[0], strings.Join(updates, ", "))
}

func writeCarrier(ctx context.Context, tx pgx.Tx, sealer *secret.Sealer, c *programs.Carrier) error {
	sealed, err := sealer.Seal(c.Password, passwordPlace(c.Name))
	if err != nil {
		return err
	}
	values := append(carrierFields(c), sealed, sealer.KeyID())
	_, err = tx.Exec(ctx, upsert("carriers", carrierColumns+" password password_key"), values...)
	return err
}

// passwordPlace binds a sealed password to its carrier.
func passwordPlace(carrier string) string { return "carriers.password/" + carrier }

// publishFlow adds a version and makes it the published one. The versions
// before stay: conversations finish on them, unless the flow's `open` says that
// they move or end. A flow that was deleted goes on after its last version.
func publishFlow(ctx context.Context, tx pgx.Tx, f *programs.Flow) error {
	if f.Version == 1 {
		if err := tx.QueryRow(ctx, `SELECT coalesce(max(version), 0) + 1 FROM flow_versions WHERE flow = $1 AND state = 'retired'`, f.Name).Scan(&f.Version); err != nil {
			return err
		}
	}
	sum := sha256.Sum256([]byte(f.Source))
	batch := &pgx.Batch{}
	batch.Queue(`INSERT INTO flows (name) VALUES ($1) ON CONFLICT DO NOTHING`, f.Name)
	batch.Queue(`UPDATE flow_versions SET state = 'retired' WHERE flow = $1 AND state = 'published'`, f.Name)
	batch.Queue(`DELETE FROM flow_versions WHERE flow = $1 AND state = 'draft' AND source = $2`, f.Name, f.Source)
	batch.Queue(`UPDATE flow_versions SET version = $2 + 1 WHERE flow = $1 AND state = 'draft'`, f.Name, f.Version)
	batch.Queue(`INSERT INTO flow_versions (flow, version, source, sha256, state, open, published_at, published_by)
		VALUES ($1, $2, $3, $4, 'published', $5, now(), $6)`, f.Name, f.Version, f.Source, sum[:], openJSON(f.Open), f.By)
	if f.Open.Policy == "move" || f.Open.Policy == "end" {
		data, err := json.Marshal(dialogs.Published{Flow: f.Name, Version: f.Version, Policy: f.Open.Policy, Moves: f.Open.Move, End: f.Open.End})
		if err != nil {
			return err
		}
		batch.Queue(sqlTellOpen, f.Name, f.Version, fmt.Sprintf("published:%s:%d", f.Name, f.Version), string(data), string(inbox.InputPublished))
	}
	return tx.SendBatch(ctx, batch).Close()
}

// sqlTellOpen lets every thread with an open conversation on an older version
// decide about it under its own lock.
const sqlTellOpen = `WITH made AS (INSERT INTO inputs (msisdn, short_code, kind, key, data, at)
  SELECT DISTINCT msisdn, short_code, $5, $3, $4::jsonb, now() FROM conversations WHERE flow = $1 AND version < $2 AND ended_at IS NULL
  ON CONFLICT (msisdn, short_code, key) WHERE key <> '' DO NOTHING RETURNING msisdn, short_code, at)
INSERT INTO wakes (due, msisdn, short_code, kind) SELECT DISTINCT at, msisdn, short_code, 2 FROM made
ON CONFLICT (due, msisdn, short_code, kind) DO UPDATE SET kind = excluded.kind`

func openJSON(o programs.Open) map[string]any {
	open := map[string]any{"policy": cmp.Or(o.Policy, "finish")}
	if len(o.Move) > 0 {
		open["move"] = o.Move
	}
	if o.End != "" {
		open["end"] = o.End
	}
	return open
}

func writeShortCode(ctx context.Context, tx pgx.Tx, c *programs.ShortCode) error {
	batch := &pgx.Batch{}
	batch.Queue(`INSERT INTO short_codes (number, country, program, sms_plus, fallback)
		VALUES ($1, $2, (SELECT id FROM programs WHERE name = $3), $4, nullif($5, ''))
		ON CONFLICT (number) DO UPDATE SET country = excluded.country, program = excluded.program, sms_plus = excluded.sms_plus, fallback = excluded.fallback`,
		c.Number, c.Country, c.Program, c.SMSPlus, c.Fallback)
	batch.Queue(`DELETE FROM short_code_carriers WHERE short_code = $1`, c.Number)
	batch.Queue(`INSERT INTO short_code_carriers (short_code, rank, carrier)
		SELECT $1, named.rank - 1, carriers.id
		FROM unnest($2::text[]) WITH ORDINALITY AS named (name, rank) JOIN carriers ON carriers.name = named.name`,
		c.Number, c.Carriers)
	return tx.SendBatch(ctx, batch).Close()
}

// writeKeywords replaces all entries of each keyword of the set: they are one
// object.
func writeKeywords(ctx context.Context, tx pgx.Tx, keywords []*programs.Keyword, set map[string]bool) error {
	entries := map[string]int{}
	for _, k := range keywords {
		folded := fold.Text(k.Word)
		id := k.ShortCode.String() + " " + folded
		if !set["keyword "+id] {
			continue
		}
		batch := &pgx.Batch{}
		if entries[id] == 0 {
			batch.Queue(`DELETE FROM keywords WHERE short_code = $1 AND folded = $2`, k.ShortCode, folded)
		}
		batch.Queue(`INSERT INTO keywords (short_code, folded, n, word, aliases, program, flow, language, place, inputs, opens, closes, days, hours, time_zone)
			VALUES ($1, $2, $3, $4, $5, (SELECT id FROM programs WHERE name = $6), $7, $8, (SELECT id FROM places WHERE name = nullif($9, '')), $10, $11, $12, $13, $14, $15)`,
			k.ShortCode, folded, entries[id], k.Word, list(k.Aliases), k.Program, k.Flow, k.Language, k.Place, object(k.Inputs), k.From, k.Until, k.Days, k.Hours, k.TimeZone)
		entries[id]++
		if err := tx.SendBatch(ctx, batch).Close(); err != nil {
			return fmt.Errorf("keyword %s: %w", id, err)
		}
	}
	return nil
}

// list and object keep what is empty from becoming NULL.
func list[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}

func object[M ~map[string]V, V any](m M) M {
	if m == nil {
		return M{}
	}
	return m
}
