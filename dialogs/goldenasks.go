package dialogs

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// double is what `$ result` says that an ask comes back with.
type double struct {
	action, name string // name empty: any
	answer       Answer
}

// result reads `$ result ACTION[:NAME] RESULT {data}`; later lines win.
func (g *golden) result(s string) {
	what, rest, _ := strings.Cut(s, " ")
	result, data, _ := strings.Cut(strings.TrimSpace(rest), " ")
	d := double{answer: Answer{Result: result}}
	d.action, d.name, _ = strings.Cut(what, ":")
	spec := askNamed(d.action)
	if d.action == loadSpec.action {
		spec = &loadSpec
	}
	if d.action == "webhook" {
		spec = &askSpec{}
	}
	if spec == nil || result != "ok" && result != "failed" && !slices.Contains(spec.results, result) {
		g.fail("`$ result %s` is not understood: ACTION[:NAME], then ok or one of its failing results", s)
		return
	}
	values, ok := g.data(data)
	if !ok {
		return
	}
	d.answer.Data, _ = dated(values).(map[string]any)
	g.doubles = append(g.doubles, d)
}

// dated gives dates and times in the data of a test their kind.
func dated(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = dated(v[k])
		}
	case []any:
		for i := range v {
			v[i] = dated(v[i])
		}
	case string:
		if d, ok := parseDate(v); ok {
			return d
		}
		if t, err := time.Parse(time.RFC3339, v); err == nil {
			return t
		}
	}
	return v
}

// answer is the double's answer to an ask: "ok" and something plausible where
// no line says otherwise.
func (g *golden) answer(a *Ask) Answer { return g.answerOf(a.Action, askNames(a)) }

func (g *golden) answerOf(action string, names []string) Answer {
	for _, d := range slices.Backward(g.doubles) {
		if d.action == action && (d.name == "" || slices.Contains(names, d.name)) {
			return d.answer
		}
	}
	data, _ := dated(maps.Clone(plausible[action])).(map[string]any)
	if _, titled := data["title"]; titled && len(names) > 0 {
		data["title"] = names[0]
	}
	return Answer{Result: "ok", Data: data}
}

// plausible is what asks come back with where a test does not say it, so that
// the texts that follow can be read.
var plausible = map[string]map[string]any{
	"issue":   {"code": "R-TEST", "url": "https://example.com/R-TEST", "until": "2026-12-31", "title": "", "again": false},
	"redeem":  {"title": "", "amount": 0},
	"points":  {"balance": 0},
	"vote":    {"number": 1, "title": ""},
	"draw":    {"prize": "prize", "code": "R-TEST"},
	"refer":   {"code": "K-TEST"},
	"order":   {"number": 1},
	"reserve": {"number": 1},
}

// askNames are the names that an ask goes by in tests: its offer, poll, game …
func askNames(a *Ask) []string {
	var out []string
	for _, k := range []string{"offer", "poll", "game", "in", "which"} {
		if s, ok := a.Data[k].(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// noteAsks keeps the asks that were answered ok and not given back.
func (g *golden) noteAsks(asks []*Ask, answers []Answer, released []int) {
	for i, a := range asks {
		if answers[i].Result == "ok" && !slices.Contains(released, i) {
			g.asked = append(g.asked, a)
		}
	}
}
