package postgres

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"repartee/sms"
	"repartee/views"
)

const sqlAddFigures = `INSERT INTO figures (minute, name, label, n) SELECT r.minute, r.name, r.label, r.n
FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::bigint[]) r(minute, name, label, n) ORDER BY 1, 2, 3
ON CONFLICT (minute, name, label) DO UPDATE SET n = figures.n + excluded.n`

// AddFigures adds what was counted to that of the same minute, name and label.
// No two of the figures may have all three in common.
func (s *MessageStore) AddFigures(ctx context.Context, figures []views.Figure) error {
	minutes, names, labels, ns := make([]time.Time, len(figures)), make([]string, len(figures)), make([]string, len(figures)), make([]int64, len(figures))
	for i, f := range figures {
		minutes[i], names[i], labels[i], ns[i] = f.Minute, f.Name, f.Label, f.N
	}
	_, err := s.pool.Exec(ctx, sqlAddFigures, minutes, names, labels, ns)
	return judge("add figures", err)
}

// Figures returns what was counted from a moment on, oldest first.
func (s *ListStore) Figures(ctx context.Context, from time.Time) ([]views.Figure, error) {
	return read(ctx, s, "read figures", `SELECT minute, name, label, n FROM figures WHERE minute >= $1 ORDER BY 1, 2, 3`, []any{from}, pgx.RowToStructByPos[views.Figure])
}

const (
	puzzles    = 200 // kinds of texts that a flow did not understand
	puzzleSize = 160 // characters of one that are kept
)

// Passages counts the ways that texts went through a flow, as their rules tell.
func (s *ListStore) Passages(ctx context.Context, flow string, since time.Time) (p views.Passages, err error) {
	type text struct {
		ID         sms.ID
		Rule, Text string
	}
	found, err := read(ctx, s, "read the ways through a flow", `SELECT id, rule, coalesce(text, '') FROM (SELECT id, rule, text FROM inbound WHERE id >= $1 ORDER BY id DESC LIMIT $2) i`,
		[]any{int64(sms.FirstID(since)), 10 * lookedAt}, pgx.RowToStructByPos[text])
	if err != nil {
		return p, err
	}
	ways, odd := map[views.Passage]int{}, map[views.Puzzle]*views.Puzzle{}
	p.Since = since
	if len(found) == 10*lookedAt {
		p.Since = found[len(found)-1].ID.Time()
	}
	for _, t := range found {
		_, trace, _ := strings.Cut(t.Rule, ": ")
		concerned := false
		for step := range strings.FieldsSeq(trace) {
			where, by, _ := strings.Cut(step, ">")
			name, state, inside := strings.Cut(where, "/")
			if name != flow || by == "" || !inside && by != "begin" {
				continue
			}
			concerned = true
			ways[views.Passage{State: state, By: by}]++
			if by == "unknown" || by == "else" || by == "anywhere.else" {
				puzzle(odd, state, t.Text, t.ID.Time())
			}
		}
		if concerned {
			p.Texts++
		}
	}
	for way, n := range ways {
		way.Count = n
		p.Ways = append(p.Ways, way)
	}
	for _, o := range odd {
		p.Puzzles = append(p.Puzzles, *o)
	}
	slices.SortFunc(p.Ways, func(a, b views.Passage) int { return cmp.Or(cmp.Compare(a.State, b.State), cmp.Compare(a.By, b.By)) })
	slices.SortFunc(p.Puzzles, func(a, b views.Puzzle) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), b.Last.Compare(a.Last), cmp.Compare(a.State, b.State), cmp.Compare(a.Text, b.Text))
	})
	p.Puzzles = p.Puzzles[:min(len(p.Puzzles), puzzles)]
	return p, nil
}

// puzzle counts a text that a state did not understand; spellings that differ
// in case and spaces are one.
func puzzle(odd map[views.Puzzle]*views.Puzzle, state, text string, at time.Time) {
	if runes := []rune(text); len(runes) > puzzleSize {
		text = string(runes[:puzzleSize])
	}
	key := views.Puzzle{State: state, Text: strings.ToLower(strings.Join(strings.Fields(text), " "))}
	o := odd[key]
	if o == nil {
		o = &views.Puzzle{State: state, Text: strings.TrimSpace(text), Last: at} // the newest one comes first
		odd[key] = o
	}
	o.Count++
}
