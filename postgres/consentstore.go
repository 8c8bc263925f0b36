package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"

	"repartee/sms"
	"repartee/views"
)

// ConsentStore is for the people who look after consents: what stands, why,
// and the changes that do not come by a text of the phone.
type ConsentStore struct {
	pool *pgxpool.Pool
	hash func(sms.MSISDN) []byte
}

var (
	_ views.Reviews  = (*ConsentStore)(nil)
	_ views.Consents = (*ConsentStore)(nil)
)

// OpenConsentStore connects to the database; hash is [PhoneHash].
func OpenConsentStore(ctx context.Context, url string, hash func(sms.MSISDN) []byte) (*ConsentStore, error) {
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	return &ConsentStore{pool: pool, hash: hash}, nil
}

// Close ends the connections.
func (s *ConsentStore) Close() { s.pool.Close() }
