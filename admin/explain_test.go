package admin_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
)

const explainShop = `
carriers: [{name: sim, addr: "127.0.0.1:2775", system_id: s}]
programs:
  - {name: pizza, brand: Pizza Roma, contact: c, country: FR, languages: [fr], time_zone: Europe/Paris}
  - {name: games, brand: Games, contact: c, country: US, languages: [en], time_zone: America/New_York}
short_codes:
  - {number: 36111, country: FR, carriers: [sim], program: pizza, fallback: hello}
  - {number: 72000, country: US, carriers: [sim], program: games}
keywords: [{short_code: 36111, word: PIZZA, program: pizza, flow: hello}]
flows:
  - flow: hello
    class: transactional
    start: a
    states: {a: {say: "Bonjour", end: done}}
`

// explainPath is a question.
func explainPath(direction string, parameters obj) string {
	q := url.Values{}
	for name, v := range parameters {
		q.Set(name, v.(string))
	}
	return "/explain/" + direction + "?" + q.Encode()
}

// TestExplainOverTheAPI: the answers are those of `repartee explain`, and what
// is wrong is said at its parameter.
func TestExplainOverTheAPI(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.apply(explainShop)
	owner := r.owner()
	ask := func(direction string, parameters obj) obj {
		t.Helper()
		return owner.want(http.StatusOK, "GET", explainPath(direction, parameters), nil)
	}
	stop := ask("inbound", obj{"text": "Arrêtez svp", "language": "fr"})
	assert.Equal(t, []any{"opt-out", "code", ""}, []any{stop["class"], stop["scope"], stop["route"]})
	assert.NotEmpty(t, stop["rule"])
	assert.Equal(t, "opt-in", ask("inbound", obj{"text": "oui", "context": "opt-in-pending"})["class"])
	keyword := ask("inbound", obj{"text": `pizza\n2 reine`, "short_code": "36111", "from": "33612345678"})
	assert.Equal(t, []any{"neither", "keyword", "hello"}, []any{keyword["class"], keyword["matched_by"], keyword["route"]})
	assert.Equal(t, "fallback", ask("inbound", obj{"text": "what?", "short_code": "36111"})["matched_by"])

	quiet := ask("outbound", obj{"to": "33612345678", "class": "marketing", "at": "2026-07-14T10:00:00Z"})
	assert.Equal(t, []any{"hold", "quiet_hours"}, []any{quiet["verdict"], quiet["reason"]})
	assert.NotNil(t, quiet["until"])
	assert.Equal(t, "refuse", ask("outbound", obj{"to": "33612345678", "class": "marketing", "at": "2026-07-14T10:00:00Z", "when_quiet": "drop"})["verdict"])
	unknown := ask("outbound", obj{"to": "33612345678", "class": "marketing", "program": "pizza", "at": "2026-07-15T10:00:00Z"})
	assert.Equal(t, "refuse", unknown["verdict"], "the phone never agreed to it: %v", unknown)
	assert.Equal(t, "allow", ask("outbound", obj{"to": "33612345678", "class": "marketing", "program": "pizza", "at": "2026-07-15T10:00:00Z", "consent": "double"})["verdict"])

	for where, path := range map[string]string{
		"query.text":         explainPath("inbound", obj{}),
		"query.short_code":   explainPath("inbound", obj{"text": "x", "short_code": "99999"}),
		"query.from":         explainPath("inbound", obj{"text": "x", "from": "33612345678"}),
		"query.context":      explainPath("inbound", obj{"text": "x", "context": "asleep"}),
		"query.sms_plus":     explainPath("inbound", obj{"text": "x", "sms_plus": "perhaps"}),
		"query.to":           explainPath("outbound", obj{"to": "zero", "class": "marketing"}),
		"query.class":        explainPath("outbound", obj{"to": "33612345678", "class": "spam"}),
		"query.at":           explainPath("outbound", obj{"to": "33612345678", "class": "marketing", "at": "noon"}),
		"query.sent":         explainPath("outbound", obj{"to": "33612345678", "class": "marketing", "sent": "noon"}),
		"query.profile":      explainPath("outbound", obj{"to": "33612345678", "class": "marketing", "profile": "XX"}),
		"query.program":      explainPath("outbound", obj{"to": "33612345678", "class": "marketing", "program": "nobody"}),
		"query.paused_until": explainPath("outbound", obj{"to": "33612345678", "class": "marketing", "paused_until": "noon"}),
	} {
		out := owner.want(http.StatusUnprocessableEntity, "GET", path, nil)
		assert.Equal(t, where, out["errors"].([]any)[0].(obj)["location"], "%v", out)
	}
}

// TestExplainIsNarrowed: what is stored of a phone is for those who may see
// phones, codes and programs for those whose rights reach them.
func TestExplainIsNarrowed(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.apply(explainShop)
	owner := r.owner()
	viewer := r.invite(owner, "vic@example.com", "viewer")
	agent := r.invite(owner, "amy@example.com", "agent", "games")
	stored := explainPath("outbound", obj{"to": "33612345678", "class": "reply", "program": "pizza"})
	talks := explainPath("inbound", obj{"text": "x", "short_code": "36111", "from": "33612345678"})

	viewer.want(http.StatusOK, "GET", explainPath("inbound", obj{"text": "x", "short_code": "36111"}), nil)
	viewer.want(http.StatusOK, "GET", explainPath("outbound", obj{"to": "33612345678", "class": "reply"}), nil)
	assert.Contains(t, viewer.want(http.StatusForbidden, "GET", stored, nil)["detail"], "see-phones")
	assert.Contains(t, viewer.want(http.StatusForbidden, "GET", talks, nil)["detail"], "see-phones")

	agent.want(http.StatusForbidden, "GET", stored, nil)
	agent.want(http.StatusForbidden, "GET", talks, nil)
	agent.want(http.StatusForbidden, "GET", explainPath("inbound", obj{"text": "x", "short_code": "36111"}), nil)
	agent.want(http.StatusOK, "GET", explainPath("inbound", obj{"text": "x", "short_code": "72000", "from": "12025550123"}), nil)
	agent.want(http.StatusOK, "GET", explainPath("outbound", obj{"to": "12025550123", "class": "reply", "program": "games"}), nil)
}
