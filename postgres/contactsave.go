package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"repartee/views"
)

const (
	sqlNewContact = `INSERT INTO contacts (first_name, last_name, language, country, region, postal_code, time_zone, tags, fields, msisdn, created_at, updated_at)
VALUES (nullif($1, ''), nullif($2, ''), nullif($3, ''), nullif($4, ''), nullif($5, ''), nullif($6, ''), nullif($7, ''), $8, $9, $10, now(), clock_timestamp())
ON CONFLICT DO NOTHING RETURNING updated_at`
	sqlChangeContact = `UPDATE contacts SET first_name = nullif($1, ''), last_name = nullif($2, ''), language = nullif($3, ''), country = nullif($4, ''),
  region = nullif($5, ''), postal_code = nullif($6, ''), time_zone = nullif($7, ''), tags = $8, fields = $9, updated_at = clock_timestamp()
WHERE msisdn = $10 AND updated_at = $11 RETURNING updated_at`
)

// Save makes a contact, or changes it if nobody has since.
func (s *ConsentStore) Save(ctx context.Context, c views.Contact, over time.Time) (at time.Time, err error) {
	fields, err := json.Marshal(c.Fields)
	if err != nil {
		return at, err
	}
	args := []any{c.FirstName, c.LastName, c.Language, c.Country, c.Region, c.Postcode, c.TimeZone, c.Tags, fields, int64(c.Phone)}
	sql := sqlNewContact
	if !over.IsZero() {
		sql, args = sqlChangeContact, append(args, over)
	}
	err = s.pool.QueryRow(ctx, sql, args...).Scan(&at)
	if errors.Is(err, pgx.ErrNoRows) {
		return at, views.ErrChanged
	}
	return at, judge("save a contact", err)
}
