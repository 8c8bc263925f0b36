package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"repartee/contacts"
	"repartee/inbox"
	"repartee/optout"
	"repartee/sms"
)

const (
	sqlImportContacts = `INSERT INTO contacts (msisdn, first_name, last_name, language, country, postal_code, time_zone)
SELECT r.msisdn, nullif(r.first, ''), nullif(r.last, ''), nullif(r.language, ''), nullif(r.country, ''), nullif(r.postcode, ''), nullif(r.zone, '')
FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) r(msisdn, first, last, language, country, postcode, zone)
ORDER BY 1 ON CONFLICT (msisdn) DO UPDATE SET first_name = coalesce(excluded.first_name, contacts.first_name), last_name = coalesce(excluded.last_name, contacts.last_name),
  language = coalesce(excluded.language, contacts.language), country = coalesce(excluded.country, contacts.country),
  postal_code = coalesce(excluded.postal_code, contacts.postal_code), time_zone = coalesce(excluded.time_zone, contacts.time_zone), updated_at = now()`

	// The short code on which a program's consents are kept.
	sqlCodeOfProgram = `SELECT p.name::text, min(c.number) FROM programs p
JOIN (SELECT program, number FROM short_codes UNION SELECT program, short_code FROM keywords) c ON c.program = p.id GROUP BY 1`
)

// Import adds or updates people. Phones on the suppression list, whatever their
// scope but a pause until a moment, are refused, and so are consents to programs without a short code;
// consents become entries of the ledger when the gateway handles them.
func (s *ConsentStore) Import(ctx context.Context, rows []contacts.Contact, by string, now time.Time) (taken int, refused []contacts.Bad, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		codes, err := codesOfPrograms(ctx, tx)
		if err != nil {
			return err
		}
		listed, err := s.listed(ctx, tx, rows)
		if err != nil {
			return err
		}
		var good []contacts.Contact
		for _, c := range rows {
			switch {
			case listed[string(s.hash(c.Phone))]:
				refused = append(refused, contacts.Bad{Line: c.Line, Why: "the phone is on the suppression list"})
			case c.Program != "" && codes[c.Program] == 0:
				refused = append(refused, contacts.Bad{Line: c.Line, Why: "there is no program " + c.Program + " with a short code"})
			default:
				good = append(good, c)
			}
		}
		taken = len(good)
		return importRows(ctx, tx, good, codes, by, now)
	})
	return taken, refused, judge("import contacts", err)
}

func codesOfPrograms(ctx context.Context, tx pgx.Tx) (map[string]sms.ShortCode, error) {
	rows, err := tx.Query(ctx, sqlCodeOfProgram)
	if err != nil {
		return nil, err
	}
	codes := map[string]sms.ShortCode{}
	var name string
	var code sms.ShortCode
	_, err = pgx.ForEachRow(rows, []any{&name, (*int32)(&code)}, func() error {
		codes[name] = code
		return nil
	})
	return codes, err
}

// listed tells which phones have an entry on the suppression list, by hash.
func (s *ConsentStore) listed(ctx context.Context, tx pgx.Tx, cs []contacts.Contact) (map[string]bool, error) {
	hashes := make([][]byte, len(cs))
	for i := range cs {
		hashes[i] = s.hash(cs[i].Phone)
	}
	rows, err := tx.Query(ctx, sqlSuppressed, hashes)
	if err != nil {
		return nil, err
	}
	listed := map[string]bool{}
	var hash []byte
	var scope string
	var id int32
	var until pgtype.Timestamptz
	_, err = pgx.ForEachRow(rows, []any{&hash, &scope, &id, &until}, func() error {
		listed[string(hash)] = listed[string(hash)] || scope != optout.SuppressedUnreachable
		return nil
	})
	return listed, err
}

func importRows(ctx context.Context, tx pgx.Tx, cs []contacts.Contact, codes map[string]sms.ShortCode, by string, now time.Time) error {
	n := len(cs)
	phone := make([]int64, n)
	first, last, language, country, postcode, zone := make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	var inputs []inbox.Input
	for i, c := range cs {
		phone[i], first[i], last[i], language[i], country[i], postcode[i], zone[i] = int64(c.Phone), c.First, c.Last, c.Language, c.Country, c.Postcode, c.Zone
		if c.Program == "" {
			continue
		}
		data := inbox.ConsentData{
			Event: "opt-in", Program: c.Program, Actor: "import", By: by, Shown: c.Shown, Source: c.Source + ", " + c.At.UTC().Format(time.RFC3339),
		}
		in, err := inbox.NewInput(sms.Thread{Phone: c.Phone, Code: codes[c.Program]}, "", data, now)
		if err != nil {
			return err
		}
		inputs = append(inputs, in)
	}
	b := &pgx.Batch{}
	b.Queue(sqlImportContacts, phone, first, last, language, country, postcode, zone)
	queueInputs(b, inputs)
	return tx.SendBatch(ctx, b).Close()
}
