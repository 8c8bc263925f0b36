package postgres

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"repartee/programs"
	"repartee/views"
)

const (
	sqlFlowVersions = `WITH o AS (SELECT (k ->> 'v')::int AS version, count(*)::int AS n FROM threads t, json_array_elements(t.talks) k
  WHERE t.talks::text <> '[]' AND k ->> 'f' = $1 GROUP BY 1)
SELECT v.version, v.state, v.published_at, v.published_by, coalesce(f.pinned = v.version, false), coalesce(o.n, 0), v.source
FROM flow_versions v JOIN flows f ON f.name = v.flow LEFT JOIN o USING (version) WHERE v.flow = $1 ORDER BY v.version`

	sqlFlowList = `WITH o AS (SELECT k ->> 'f' AS flow, count(*)::int AS n FROM threads t, json_array_elements(t.talks) k WHERE t.talks::text <> '[]' GROUP BY 1)
SELECT f.name, coalesce(p.version, 0), p.published_at, coalesce(p.published_by, ''), coalesce(d.version, 0), coalesce(f.pinned, 0), coalesce(o.n, 0), coalesce(d.source, p.source, '')
FROM flows f LEFT JOIN flow_versions p ON p.flow = f.name AND p.state = 'published' LEFT JOIN flow_versions d ON d.flow = f.name AND d.state = 'draft'
LEFT JOIN o ON o.flow = f.name ORDER BY f.name`

	// What open conversations of flows have saved, by state.
	sqlOpenTalks = `SELECT k ->> 'f', (k ->> 'v')::int, k ->> 's', s.names, count(*)::int FROM threads t, json_array_elements(t.talks) k,
  LATERAL (SELECT coalesce(array_agg(n ORDER BY n), '{}') AS names FROM json_object_keys(coalesce(k -> 'sv', '{}')) n) s
WHERE t.talks::text <> '[]' AND k ->> 'f' = ANY ($1::text[]) GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`

	sqlSources = `SELECT flow, version, source FROM unnest($1::text[], $2::int[]) u(flow, version) JOIN flow_versions USING (flow, version)`
)

// FlowVersions lists the versions of a flow, oldest first.
func (s *ConfigStore) FlowVersions(ctx context.Context, flow string) ([]programs.FlowVersion, error) {
	rows, err := s.pool.Query(ctx, sqlFlowVersions, flow)
	if err != nil {
		return nil, fmt.Errorf("read the versions of a flow: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[programs.FlowVersion])
	if err == nil && len(list) == 0 {
		return nil, &programs.NotFoundError{Kind: "flow", Key: flow}
	}
	return list, err
}

// OpenTalks reads where the open conversations of flows stand.
func (s *ConfigStore) OpenTalks(ctx context.Context, flows []string) (map[string]*programs.OpenTalks, error) {
	all := map[string]*programs.OpenTalks{}
	rows, err := s.pool.Query(ctx, sqlOpenTalks, flows)
	if err != nil {
		return nil, fmt.Errorf("read the open conversations: %w", err)
	}
	var flow string
	var at programs.OpenAt
	var names []string
	var versions []int
	_, err = pgx.ForEachRow(rows, []any{&flow, &at.Version, &at.State, &at.Saved, &at.Count}, func() error {
		if all[flow] == nil {
			all[flow] = &programs.OpenTalks{Sources: map[int]string{}}
		}
		all[flow].At = append(all[flow].At, at)
		at.Saved = nil // the next row has its own
		names, versions = append(names, flow), append(versions, at.Version)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the open conversations: %w", err)
	}
	if rows, err = s.pool.Query(ctx, sqlSources, names, versions); err != nil {
		return nil, fmt.Errorf("read the versions of flows: %w", err)
	}
	var version int
	var source string
	_, err = pgx.ForEachRow(rows, []any{&flow, &version, &source}, func() error {
		all[flow].Sources[version] = source
		return nil
	})
	return all, err
}

// FlowList lists the flows by name.
func (s *ConfigStore) FlowList(ctx context.Context) ([]programs.FlowSummary, error) {
	rows, err := s.pool.Query(ctx, sqlFlowList)
	if err != nil {
		return nil, fmt.Errorf("read the flows: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[programs.FlowSummary])
	if err != nil {
		return nil, fmt.Errorf("read the flows: %w", err)
	}
	return list, nil
}

// Draft keeps a source as the flow's draft, in place of the draft before. It
// changes nothing for conversations. over is the SHA-256 of the newest version
// that the writer has seen, nil for whatever there is: [programs.ErrChanged] when
// somebody wrote another one meanwhile.
func (s *ConfigStore) Draft(ctx context.Context, flow, source string, over []byte) (version int, err error) {
	sum := sha256.Sum256([]byte(source))
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO flows (name) VALUES ($1) ON CONFLICT DO NOTHING`, flow); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `SELECT FROM flows WHERE name = $1 FOR UPDATE`, flow); err != nil {
			return err
		}
		var newest []byte
		if err := tx.QueryRow(ctx, `SELECT (SELECT sha256 FROM flow_versions WHERE flow = $1 ORDER BY version DESC LIMIT 1)`, flow).Scan(&newest); err != nil {
			return err
		}
		if over != nil && !bytes.Equal(over, newest) {
			return programs.ErrChanged
		}
		if _, err := tx.Exec(ctx, `DELETE FROM flow_versions WHERE flow = $1 AND state = 'draft'`, flow); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `INSERT INTO flow_versions (flow, version, source, sha256, state, open)
			SELECT $1, coalesce(max(version), 0) + 1, $2, $3, 'draft', '{"policy": "finish"}' FROM flow_versions WHERE flow = $1 RETURNING version`, flow, source, sum[:]).Scan(&version)
	})
	if err != nil {
		return 0, fmt.Errorf("keep the draft of flow %s: %w", flow, err)
	}
	return version, nil
}

// Pin makes new conversations of a flow begin on a version that was published
// once, whatever was published since; 0 lets them begin on the newest again. It
// returns the configuration's new version.
func (s *ConfigStore) Pin(ctx context.Context, base int64, flow string, version int) (int64, error) {
	var raised int64
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) (err error) {
		if raised, err = raiseConfig(ctx, tx, base); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `UPDATE flows f SET pinned = nullif($2, 0) WHERE name = $1
			AND ($2 = 0 OR EXISTS (SELECT FROM flow_versions v WHERE v.flow = f.name AND v.version = $2 AND v.state <> 'draft'))`, flow, version)
		if err == nil && tag.RowsAffected() == 0 {
			err = &views.NotFoundError{Text: fmt.Sprintf("flow %s has no version %d that was published: see `repartee flow versions %s`", flow, version, flow)}
		}
		return err
	})
	if err != nil && !errors.Is(err, programs.ErrChanged) {
		return 0, fmt.Errorf("pin a flow: %w", err)
	}
	return raised, err
}
