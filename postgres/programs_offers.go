package postgres

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"repartee/programs"
	"repartee/sms/fold"
)

// Objects of a program have its name as second column; upsertOf finds its id.
const (
	offerColumns     = `name program title amount opens closes valid_days valid_until total per_phone per_place prefix length url printed`
	catalogueColumns = `minimum postcodes url items`
	pollColumns      = `name program opens closes choices`
	gameColumns      = `name program opens closes odds per_phone per_day prizes codes`
	fieldColumns     = `name type`
)

func offerFields(o *programs.Offer) []any {
	o.Title, o.Printed = object(o.Title), list(o.Printed)
	return []any{
		&o.Name, &o.Program, &o.Title, (*int64)(&o.Amount), &o.From, &o.Until, &o.ValidDays, &o.ValidUntil,
		&o.Total, &o.PerPhone, &o.PerPlace, &o.Prefix, &o.Length, &o.URL, &o.Printed,
	}
}

func catalogueFields(c *programs.Catalogue) []any {
	c.Postcodes = list(c.Postcodes)
	return []any{(*int64)(&c.Minimum), &c.Postcodes, &c.URL, &c.Items}
}

func pollFields(p *programs.Poll) []any {
	p.Choices = object(p.Choices)
	return []any{&p.Name, &p.Program, &p.From, &p.Until, &p.Choices}
}

func gameFields(g *programs.Game) []any {
	g.Codes = list(g.Codes)
	return []any{&g.Name, &g.Program, &g.From, &g.Until, &g.Odds, &g.PerPhone, &g.PerDay, &g.Prizes, &g.Codes}
}

// ofProgram selects columns of a table, the program by its name. What is
// retired is left out.
func ofProgram(table, columns string) string {
	columns = strings.Replace("t."+strings.ReplaceAll(selected(columns), ", ", ", t."), "t.program", "p.name", 1)
	return `SELECT ` + columns + ` FROM ` + table + ` t JOIN programs p ON p.id = t.program WHERE t.retired_at IS NULL ORDER BY t.name`
}

// readOffers reads what conversations give away, count and sell.
func readOffers(ctx context.Context, tx pgx.Tx, shop *programs.Shop) (err error) {
	shop.Fields, err = configRows(ctx, tx, `SELECT `+selected(fieldColumns)+` FROM contact_fields ORDER BY name`,
		func(f *programs.ContactField) []any { return []any{&f.Name, &f.Type} })
	if err != nil {
		return err
	}
	if shop.Offers, err = configRows(ctx, tx, ofProgram("offers", offerColumns), offerFields); err != nil {
		return err
	}
	shop.Catalogues, err = configRows(ctx, tx, `SELECT p.name, `+selected(catalogueColumns)+` FROM catalogues c JOIN programs p ON p.id = c.program ORDER BY p.name`,
		func(c *programs.Catalogue) []any { return append([]any{&c.Program}, catalogueFields(c)...) })
	if err != nil {
		return err
	}
	if shop.Polls, err = configRows(ctx, tx, ofProgram("polls", pollColumns), pollFields); err != nil {
		return err
	}
	shop.Games, err = configRows(ctx, tx, ofProgram("games", gameColumns), gameFields)
	return err
}

// writeOffers writes those that are in the set.
func writeOffers(ctx context.Context, tx pgx.Tx, wanted *programs.Shop, set map[string]bool) error {
	var failed error
	write := func(kind, name, sql string, values ...any) {
		if failed != nil || !set[kind+" "+name] {
			return
		}
		if _, err := tx.Exec(ctx, sql, values...); err != nil {
			failed = fmt.Errorf("%s %s: %w", kind, name, err)
		}
	}
	for _, f := range wanted.Fields {
		write("contact field", f.Name, upsert("contact_fields", fieldColumns), f.Name, f.Type)
	}
	for _, o := range wanted.Offers {
		write("offer", o.Name, upsertOf("offers", offerColumns), offerFields(o)...)
		write("offer", o.Name, sqlPrinted, o.Name, folded(o.Printed), o.Printed)
	}
	for _, c := range wanted.Catalogues {
		write("catalogue", c.Program, sqlCatalogue, append([]any{c.Program}, catalogueFields(c)...)...)
	}
	for _, p := range wanted.Polls {
		write("poll", p.Name, upsertOf("polls", pollColumns), pollFields(p)...)
	}
	for _, g := range wanted.Games {
		write("game", g.Name, sqlGame, append(gameFields(g), folded(g.Codes), gameSecret())...)
	}
	return failed
}

// upsertOf is [upsert] for a table whose second column is a program, given by name.
func upsertOf(table, columns string) string {
	return strings.Replace(upsert(table, columns), "$2", "(SELECT id FROM programs WHERE name = $2)", 1)
}

// A printed code is a coupon of nobody. One that is no longer printed stays
// while it was used; the others go.
const sqlPrinted = `WITH o AS (SELECT id FROM offers WHERE name = $1),
gone AS (DELETE FROM coupons c USING o WHERE c.offer = o.id AND c.msisdn IS NULL AND c.ask IS NULL AND c.used_at IS NULL AND c.code <> ALL ($2::text[]))
INSERT INTO coupons (code, shown, offer, issued_at) SELECT p.code, p.shown, o.id, now() FROM o, unnest($2::text[], $3::text[]) p(code, shown) ON CONFLICT (code) DO NOTHING`

const sqlCatalogue = `INSERT INTO catalogues (program, minimum, postcodes, url, items) VALUES ((SELECT id FROM programs WHERE name = $1), $2, $3, $4, $5)
ON CONFLICT (program) DO UPDATE SET minimum = excluded.minimum, postcodes = excluded.postcodes, url = excluded.url, items = excluded.items`

// The secret of a game is made with it and never changes.
const sqlGame = `INSERT INTO games (name, program, opens, closes, odds, per_phone, per_day, prizes, codes, folded, secret)
VALUES ($1, (SELECT id FROM programs WHERE name = $2), $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (name) DO UPDATE SET program = excluded.program, opens = excluded.opens, closes = excluded.closes, odds = excluded.odds,
  per_phone = excluded.per_phone, per_day = excluded.per_day, prizes = excluded.prizes, codes = excluded.codes, folded = excluded.folded, retired_at = NULL`

func gameSecret() []byte {
	secret := make([]byte, 32)
	rand.Read(secret) // never fails
	return secret
}

// folded is codes as they are compared.
func folded(codes []string) []string {
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = foldCode(c)
	}
	return out
}

// foldCode keeps the letters and digits of a code, in capitals: people type
// dashes, blanks and small letters as they like.
func foldCode(code string) string {
	return strings.ToUpper(strings.ReplaceAll(fold.Text(code), " ", ""))
}
