package postgres

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"repartee/sms"
	"repartee/views"
)

// ListStore reads the lists that people scroll and search, by a few
// connections of its own whose statements end after some seconds: whatever
// somebody asks for, the message path keeps the server.
type ListStore struct{ pool *pgxpool.Pool }

var _ views.Lists = (*ListStore)(nil)

const (
	listConns = 4
	// lookedAt is how many rows of a table a page looks at for those that are wanted.
	lookedAt = 5_000
)

// OpenListStore connects to the database.
func OpenListStore(ctx context.Context, url string) (*ListStore, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	cfg.MaxConns = listConns
	cfg.ConnConfig.RuntimeParams["statement_timeout"] = "5s"
	cfg.ConnConfig.RuntimeParams["plan_cache_mode"] = "force_custom_plan" // a plan for all values of a filter serves none
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	return &ListStore{pool: pool}, nil
}

// Close ends the connections.
func (s *ListStore) Close() { s.pool.Close() }

// clause collects conditions and their arguments.
type clause struct {
	conditions []string
	args       []any
}

// where adds a condition; each ? of it stands for one of the values.
func (c *clause) where(condition string, values ...any) {
	for _, v := range values {
		condition = strings.Replace(condition, "?", c.arg(v), 1)
	}
	c.conditions = append(c.conditions, condition)
}

// arg adds an argument and returns its placeholder.
func (c *clause) arg(v any) string {
	c.args = append(c.args, v)
	return "$" + strconv.Itoa(len(c.args))
}

// String returns the conditions, all of which must hold.
func (c *clause) String() string {
	if len(c.conditions) == 0 {
		return "true"
	}
	return strings.Join(c.conditions, " AND ")
}

// newest is above every id.
const newest = sms.ID(1<<63 - 1)

// between bounds ids by a page's beginning and a span of time.
func (c *clause) between(column string, before sms.ID, from, to time.Time) {
	if before == 0 {
		before = newest
	}
	if !to.IsZero() {
		before = min(before, sms.FirstID(to))
	}
	c.where(column+" < ?", int64(before))
	if !from.IsZero() {
		c.where(column+" >= ?", int64(sms.FirstID(from)))
	}
}

func codesOf(reach *views.Reach) []int32 {
	out := make([]int32, len(reach.Codes))
	for i, code := range reach.Codes {
		out[i] = int32(code)
	}
	return out
}

// like makes a pattern of what a text begins with, or has in it.
func like(text string) string { return likeEscapes.Replace(text) + "%" }

var likeEscapes = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// digits are those of a search for phones; empty if it is for names.
func digits(search string) string {
	search = strings.TrimPrefix(strings.NewReplacer(" ", "", ".", "", "-", "").Replace(search), "+")
	if strings.Trim(search, "0123456789") != "" {
		return ""
	}
	return search
}

// beginning wants the phones of a column to begin with these digits: a span of
// numbers for each length.
func (c *clause) beginning(column, digits string) {
	var spans []string
	for low, high := digits, digits; len(low) <= maxDigits; low, high = low+"0", high+"9" {
		from, err1 := strconv.ParseInt(low, 10, 64)
		to, err2 := strconv.ParseInt(high, 10, 64)
		if err1 == nil && err2 == nil && from > 0 {
			spans = append(spans, column+" BETWEEN "+c.arg(from)+" AND "+c.arg(to))
		}
	}
	if len(spans) == 0 {
		spans = []string{"false"}
	}
	c.where("(" + strings.Join(spans, " OR ") + ")")
}

// maxDigits are those of the longest phone number (E.164).
const maxDigits = 15

// named wants the people of a search: by the digits of their phones, or by how
// one of their names begins.
func (c *clause) named(search string) {
	if phones := digits(search); phones != "" {
		c.beginning("msisdn", phones)
		return
	}
	c.where("(lower(last_name) LIKE lower(?) OR lower(first_name) LIKE lower(?))", like(search), like(search))
}

// read runs a query of a list.
func read[T any](ctx context.Context, s *ListStore, what, sql string, args []any, scan pgx.RowToFunc[T]) ([]T, error) {
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, judge(what, err)
	}
	list, err := pgx.CollectRows(rows, scan)
	return list, judge(what, err)
}
