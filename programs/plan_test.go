package programs_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"repartee/programs"
)

func planned(current, wanted *programs.Shop) []string {
	programs.Merge(current, wanted)
	var lines []string
	for _, c := range programs.Plan(current, wanted) {
		lines = append(lines, c.String())
	}
	return lines
}

func TestPlanOfANewShopCreatesEverything(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{
		"+ carrier orange", "+ program pizza-roma", "+ place lyon", "+ flow pizza-order", "+ flow coupon",
		"+ short code 36111", "+ keyword 36111 pizza", "+ keyword 36111 tf1",
	}, planned(&programs.Shop{}, mustRead(t, whole)))
}

func TestPlanOfTheSameShopKeepsEverything(t *testing.T) {
	t.Parallel()
	for _, line := range planned(mustRead(t, whole), mustRead(t, whole)) {
		require.True(t, strings.HasPrefix(line, "= "), line)
		require.NotContains(t, line, ":")
	}
}

func TestPlanNamesWhatChanges(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ old, new, want string }{
		{"window: 64", "window: 8", "~ carrier orange: window 64 → 8"},
		{"{env: ORANGE_PASSWORD}", "othr", "~ carrier orange: password (changed)"},
		{
			"tls: {ca_file: ca.pem, server_name: smsc.example, cert_file: me.pem, key_file: me.key}", "tls: false",
			`~ carrier orange: tls "{ca_file: ca.pem, server_name: smsc.exa…" → false`,
		},
		{"backoff: {min: 2s, max: 2m, stable: 1m}", "backoff: {min: 2s}", "~ carrier orange: backoff.max 2m → 1m, backoff.stable 1m → 30s"},
		{"temporary: [ESME_RTHROTTLED, 0x410]", "temporary: []", "~ carrier orange: temporary [ESME_RTHROTTLED, 0x410] → none"},
		{"languages: [fr, en]", "languages: [en, fr]", "~ program pizza-roma: languages [fr, en] → [en, fr]"},
		{
			"quiet_hours: {days: {mon-fri: \"09:00-20:00\", sat: \"10:00-18:00\", sun: closed}, holidays: open}", "quiet_hours: FR-charter",
			`~ program pizza-roma: quiet_hours "mon-fri 09:00-20:00, sat 10:00-18:00, s…" → FR-charter`,
		},
		{
			"help: {fr: \"Aide: {contact}\", en: \"Help: {contact}\"}", "help: {fr: \"Aide {contact}\"}",
			`~ program pizza-roma: answers.help.fr "Aide: {contact}" → "Aide {contact}", answers.help.en "Help: {contact}" → none`,
		},
		{"\"33600000001\", ", "", "~ program pizza-roma: staff.kitchen [33600000001, 33600000002] → [33600000002]"},
		{"carriers: orange", "carriers: [orange, sfr]", "~ short code 36111: carriers [orange] → [orange, sfr]"},
		{"aliases: [PIZA, ROMA], ", "", "~ keyword 36111 pizza: aliases [PIZA, ROMA] → none"},
		{"inputs: {campaign: tf1-prime}", "inputs: {campaign: m6}", "~ keyword 36111 tf1: inputs.campaign tf1-prime → m6"},
		{"word: PIZZA", "word: Pizza", "~ keyword 36111 pizza: word PIZZA → Pizza"},
		{"\"Bonjour\"", "\"Salut\"", "~ flow coupon: source (changed)"},
		{"hours: 9h-19h", "hours: 9h-20h", "~ place lyon: hours 9h-19h → 9h-20h"},
	} {
		t.Run(tc.want, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(whole, tc.old, tc.new, 1)
			require.NotEqual(t, whole, text)
			var changed []string
			for _, line := range planned(mustRead(t, whole), mustRead(t, text)) {
				if !strings.HasPrefix(line, "= ") {
					changed = append(changed, line)
				}
			}
			require.Equal(t, []string{tc.want}, changed)
		})
	}
}

// TestPlanOfAKeywordTakesItsEntriesTogether: another window of a word is a
// change of the word.
func TestPlanOfAKeywordTakesItsEntriesTogether(t *testing.T) {
	t.Parallel()
	one := "keywords:\n  - {short_code: 36111, word: TF1, program: p, flow: f, until: 2026-11-20}\n"
	two := one + "  - {short_code: 36111, word: tf1, program: p, flow: g, from: 2026-11-20}\n"
	require.Equal(t, []string{"= keyword 36111 tf1"}, planned(mustRead(t, two), mustRead(t, two)))
	require.Equal(t, []string{"~ keyword 36111 tf1: entry 2 (new)"}, planned(mustRead(t, one), mustRead(t, two)))
	require.Equal(t, []string{"~ keyword 36111 tf1: entry 2 (gone)"}, planned(mustRead(t, two), mustRead(t, one)))
}

func TestMergeNumbersFlowVersions(t *testing.T) {
	t.Parallel()
	current := mustRead(t, "flow: x\nstart: a\n")
	current.Flows[0].Version = 4
	same, other := mustRead(t, "flow: x\nstart: a\n"), mustRead(t, "flow: x\nstart: b\n")
	require.Equal(t, 4, programs.Merge(current, same).Flows[0].Version)
	require.Equal(t, 5, programs.Merge(current, other).Flows[0].Version)
	require.Equal(t, 1, programs.Merge(&programs.Shop{}, other).Flows[0].Version)
}
