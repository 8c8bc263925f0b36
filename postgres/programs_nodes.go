package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// configPoll is how often [ConfigStore.Await] looks.
const configPoll = 50 * time.Millisecond

// Await waits until every live node works with the version of the
// configuration or a later one, and at most until limit has passed. It returns
// the hosts of those that do not yet.
func (s *ConfigStore) Await(ctx context.Context, version int64, limit time.Duration) (behind []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	poll := time.NewTicker(configPoll)
	defer poll.Stop()
	for {
		found, err := s.behind(context.WithoutCancel(ctx), version)
		if err != nil || len(found) == 0 {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return found, nil
		case <-poll.C:
		}
	}
}

func (s *ConfigStore) behind(ctx context.Context, version int64) ([]string, error) {
	found, err := s.pool.Query(ctx, `SELECT host || ' (slot ' || slot || ')' FROM nodes WHERE state = 'live' AND config < $1 ORDER BY slot`, version)
	if err != nil {
		return nil, fmt.Errorf("read the nodes: %w", err)
	}
	hosts, err := pgx.CollectRows(found, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("read the nodes: %w", err)
	}
	return hosts, nil
}
