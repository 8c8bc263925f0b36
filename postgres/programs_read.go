package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"repartee/programs"
	"repartee/programs/secret"
)

// carrierColumns are the columns of carriers in the order of carrierFields.
const carrierColumns = `name addr system_id system_type address_range bind sessions window_size throughput paused
	tls tls_ca_file tls_server_name tls_cert_file tls_key_file
	alphabet transliterate trim_nul segmentation receipts response_id receipt_id receipt_part error_map error_codes validity country_code
	short_code_ton short_code_npi msisdn_ton msisdn_npi alphanumeric_ton alphanumeric_npi bind_ton bind_npi message_id_tag
	temporary permanent bind_timeout slot_timeout response_timeout write_timeout enquire_interval deliver_timeout
	backoff_min backoff_max backoff_stable`

// carrierFields points to the fields of a carrier, for reading and for
// writing. Empty lists and maps are made, so that they are not written as NULL.
func carrierFields(c *programs.Carrier) []any {
	c.Temporary, c.Permanent, c.Receipts.Codes = list(c.Temporary), list(c.Permanent), object(c.Receipts.Codes)
	return []any{
		&c.Name, &c.Addr, &c.SystemID, &c.SystemType, &c.AddressRange, &c.Bind, &c.Sessions, &c.Window, &c.Throughput, &c.Paused,
		&c.TLS.Enabled, &c.TLS.CAFile, &c.TLS.ServerName, &c.TLS.CertFile, &c.TLS.KeyFile,
		&c.Alphabet, &c.Transliterate, &c.TrimNUL, &c.Segmentation, &c.Receipts.Enabled, &c.Receipts.ResponseID, &c.Receipts.ReceiptID, &c.Receipts.Part, &c.Receipts.Errors, &c.Receipts.Codes, &c.Validity, &c.CountryCode,
		&c.Addresses.ShortCode.TON, &c.Addresses.ShortCode.NPI, &c.Addresses.MSISDN.TON, &c.Addresses.MSISDN.NPI,
		&c.Addresses.Alphanumeric.TON, &c.Addresses.Alphanumeric.NPI, &c.Addresses.Bind.TON, &c.Addresses.Bind.NPI, &c.MessageIDTag,
		&c.Temporary, &c.Permanent, &c.Timeouts.Bind, &c.Timeouts.Slot, &c.Timeouts.Response, &c.Timeouts.Write, &c.Timeouts.Enquire, &c.Timeouts.Deliver,
		&c.Backoff.Min, &c.Backoff.Max, &c.Backoff.Stable,
	}
}

const programColumns = `name brand title contact country languages currency segment_price time_zone terms_url consent
	quiet_profile quiet_holidays per_day per_week per_month cross_code survives_stop canned staff answers quiet_days`

// programFields points to the fields of a program, for reading.
func programFields(p *programs.Program) []any {
	return []any{
		&p.Name, &p.Brand, &p.Title, &p.Contact, &p.Country, &p.Languages, &p.Currency, &p.Price, &p.TimeZone, &p.TermsURL, &p.Consent,
		&p.QuietHours.Profile, &p.QuietHours.Holidays, &p.Frequency.PerDay, &p.Frequency.PerWeek, &p.Frequency.PerMonth,
		&p.CrossCode, &p.SurvivesStop, &p.Canned, &p.Staff, &p.Answers, &p.QuietHours.Days,
	}
}

// programValues are the same for writing: empty maps as objects, empty lists as lists, but the days
// of a named profile as NULL.
func programValues(p *programs.Program) []any {
	values := programFields(p)
	last := len(values) - 1
	values[last-3], values[last-2], values[last-1] = list(p.Canned), object(p.Staff), object(p.Answers)
	values[last] = nil
	if len(p.QuietHours.Days) > 0 {
		values[last] = p.QuietHours.Days
	}
	return values
}

const placeColumns = `name title address postcode country hours time_zone open`

func placeFields(p *programs.Place) []any {
	return []any{&p.Name, &p.Title, &p.Address, &p.Postcode, &p.Country, &p.Hours, &p.TimeZone, &p.Open}
}

// readShop fills a shop from the database, each kind in the order of its keys.
func readShop(ctx context.Context, tx pgx.Tx, sealer *secret.Sealer, shop *programs.Shop) (err error) {
	if err = tx.QueryRow(ctx, `SELECT version FROM config`).Scan(&shop.Version); err != nil {
		return err
	}
	if shop.Carriers, err = readCarriers(ctx, tx, sealer); err != nil {
		return err
	}
	shop.Programs, err = configRows(ctx, tx, `SELECT id, `+selected(programColumns)+` FROM programs WHERE retired_at IS NULL ORDER BY name`,
		func(p *programs.Program) []any { return append([]any{&p.ID}, programFields(p)...) })
	if err != nil {
		return err
	}
	shop.Places, err = configRows(ctx, tx, `SELECT id, `+selected(placeColumns)+` FROM places ORDER BY name`,
		func(p *programs.Place) []any { return append([]any{&p.ID}, placeFields(p)...) })
	if err != nil {
		return err
	}
	if shop.Webhooks, err = readWebhooks(ctx, tx, sealer); err != nil {
		return err
	}
	if err = readOffers(ctx, tx, shop); err != nil {
		return err
	}
	if shop.Flows, err = readFlows(ctx, tx); err != nil {
		return err
	}
	shop.ShortCodes, err = configRows(ctx, tx, `SELECT c.number, c.country, c.sms_plus, coalesce(c.fallback, ''), p.name,
			ARRAY(SELECT carriers.name::text FROM short_code_carriers JOIN carriers ON carriers.id = carrier WHERE short_code = c.number ORDER BY rank)
		FROM short_codes c JOIN programs p ON p.id = c.program ORDER BY c.number::text COLLATE "C"`,
		func(c *programs.ShortCode) []any {
			return []any{&c.Number, &c.Country, &c.SMSPlus, &c.Fallback, &c.Program, &c.Carriers}
		})
	if err != nil {
		return err
	}
	shop.Keywords, err = configRows(ctx, tx, `SELECT k.short_code, k.word, k.aliases, p.name, k.flow, k.language, coalesce(places.name, ''), k.inputs, k.opens, k.closes, k.days, k.hours, k.time_zone
		FROM keywords k JOIN programs p ON p.id = k.program LEFT JOIN places ON places.id = k.place ORDER BY k.short_code, k.folded, k.n`,
		func(k *programs.Keyword) []any {
			return []any{&k.ShortCode, &k.Word, &k.Aliases, &k.Program, &k.Flow, &k.Language, &k.Place, &k.Inputs, &k.From, &k.Until, &k.Days, &k.Hours, &k.TimeZone}
		})
	return err
}

// configRows reads a query into new objects.
func configRows[T any](ctx context.Context, tx pgx.Tx, query string, fields func(*T) []any) ([]*T, error) {
	found, err := tx.Query(ctx, query)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(found, func(row pgx.CollectableRow) (*T, error) {
		object := new(T)
		return object, row.Scan(fields(object)...)
	})
}

// selected writes columns as a list.
func selected(columns string) string { return strings.Join(strings.Fields(columns), ", ") }

func readCarriers(ctx context.Context, tx pgx.Tx, sealer *secret.Sealer) ([]*programs.Carrier, error) {
	sealed := map[*programs.Carrier]*[]byte{}
	carriers, err := configRows(ctx, tx, `SELECT id, password, `+selected(carrierColumns)+` FROM carriers WHERE retired_at IS NULL ORDER BY name`,
		func(c *programs.Carrier) []any {
			sealed[c] = new([]byte)
			return append([]any{&c.ID, sealed[c]}, carrierFields(c)...)
		})
	if err != nil {
		return nil, err
	}
	for _, c := range carriers {
		if c.Password, err = sealer.Open(*sealed[c], passwordPlace(c.Name)); err != nil {
			return nil, fmt.Errorf("carrier %s: %w", c.Name, err)
		}
	}
	return carriers, nil
}

func readFlows(ctx context.Context, tx pgx.Tx) ([]*programs.Flow, error) {
	return configRows(ctx, tx, `SELECT v.flow, v.version, v.source, v.published_at, v.published_by, v.open ->> 'policy', coalesce(v.open -> 'move', '{}'), coalesce(v.open ->> 'end', ''),
			coalesce(p.version, 0), coalesce(p.source, '')
		FROM flow_versions v JOIN flows f ON f.name = v.flow LEFT JOIN flow_versions p ON p.flow = f.name AND p.version = f.pinned
		WHERE v.state = 'published' ORDER BY v.flow`,
		func(f *programs.Flow) []any {
			return []any{&f.Name, &f.Version, &f.Source, &f.Published, &f.By, &f.Open.Policy, &f.Open.Move, &f.Open.End, &f.Pinned, &f.PinnedSource}
		})
}
