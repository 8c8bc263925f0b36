package postgres

import (
	"context"
	"crypto/rand"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"repartee/dialogs"
	"repartee/inbox"
)

// param is one parameter of a statement about all asks of a round.
func param[T any](asks []inbox.Ask, f func(a *inbox.Ask) T) []T {
	out := make([]T, len(asks))
	for i := range asks {
		out[i] = f(&asks[i])
	}
	return out
}

func askID(a *inbox.Ask) int64      { return int64(a.ID) }
func askPhone(a *inbox.Ask) int64   { return int64(a.Thread.Phone) }
func askCode(a *inbox.Ask) int32    { return int32(a.Thread.Code) }
func askTalk(a *inbox.Ask) int64    { return int64(a.Talk) }
func askProgram(a *inbox.Ask) int32 { return a.Program }

// says is a parameter from what the asks say under a key.
func says(asks []inbox.Ask, key string) []string {
	return param(asks, func(a *inbox.Ask) string { return said(a, key) })
}

// said is what an ask says under a key, as text: a name, a code, the element of
// a list by its name.
func said(a *inbox.Ask, key string) string { return nameOf(a.Data[key]) }

func nameOf(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case map[string]any:
		for _, key := range []string{"item", "name", "title"} {
			if s, ok := v[key].(string); ok && s != "" {
				return s
			}
		}
		return ""
	default:
		return fmt.Sprint(v)
	}
}

// placeOf is where an ask wants something: `at`, else where its conversation
// was begun.
func placeOf(a *inbox.Ask) string {
	if at := said(a, "at"); at != "" {
		return at
	}
	return a.Place
}

// lock runs a statement that locks rows and leaves nothing behind; those that
// follow see what it waited for.
func (tx *inboxTx) lock(ctx context.Context, sql string, args ...any) error {
	_, err := tx.conn.Exec(ctx, sql, args...)
	return err
}

// found reads a statement that gives one row to each ask that it finds
// something for, with the ask's number (from 1) as its first column.
func found[T any](ctx context.Context, tx *inboxTx, asks []inbox.Ask, fields func(*T) []any, sql string, args ...any) ([]*T, error) {
	rows, err := tx.conn.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := make([]*T, len(asks))
	for rows.Next() {
		n, row := 0, new(T)
		if err := rows.Scan(append([]any{&n}, fields(row)...)...); err != nil {
			return nil, err
		}
		out[n-1] = row
	}
	return out, rows.Err()
}

// letters of codes: nothing that is mistaken for another, and no vowels, so
// that no code spells a word.
const letters = "23456789BCDFGHJKMNPQRSTVWXZ"

// newCode makes a code that nobody can guess.
func newCode(prefix string, length int) string {
	b := make([]byte, length)
	rand.Read(b) // never fails
	for i := range b {
		b[i] = letters[int(b[i])%len(letters)]
	}
	return prefix + string(b)
}

// idsOf reads a column of ids.
func idsOf(rows pgx.Rows) (map[int64]bool, error) {
	list, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	ids := make(map[int64]bool, len(list))
	for _, id := range list {
		ids[id] = true
	}
	return ids, err
}

// part is some asks of a round, with their places in it.
type part struct {
	asks  []inbox.Ask
	where []int
}

// parted divides the asks of a round.
func parted(asks []inbox.Ask, first func(a *inbox.Ask) bool) (yes, no part) {
	for i := range asks {
		p := &no
		if first(&asks[i]) {
			p = &yes
		}
		p.asks, p.where = append(p.asks, asks[i]), append(p.where, i)
	}
	return yes, no
}

// answer puts the answers to a part into those of the round; f is not called
// for none.
func (p part) answer(answers []dialogs.Answer, f func(asks []inbox.Ask) ([]dialogs.Answer, error)) error {
	if len(p.asks) == 0 {
		return nil
	}
	got, err := f(p.asks)
	for i := range got {
		answers[p.where[i]] = got[i]
	}
	return err
}
