package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sheet reads a table of cases of the deciding package; the header comes first.
func sheet(t *testing.T, name string) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "optout", "testdata", name))
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	r := csv.NewReader(f)
	r.Comment = '#'
	rows, err := r.ReadAll()
	require.NoError(t, err)
	return rows[1:]
}

// explained writes cases to a file, runs the command on it and returns its
// lines, exit code and complaint.
func explained(t *testing.T, direction string, cases [][]string) (lines []map[string]any, code int, complaint string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "cases.csv")
	var text bytes.Buffer
	require.NoError(t, csv.NewWriter(&text).WriteAll(cases))
	require.NoError(t, os.WriteFile(file, text.Bytes(), 0o600))
	var out, errs bytes.Buffer
	code = run([]string{"explain", direction, "--file", file}, &out, &errs)
	for line := range strings.Lines(out.String()) {
		var one map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &one), line)
		lines = append(lines, one)
	}
	return lines, code, errs.String()
}

// TestExplainSheetInbound runs the auditor's table of texts through the command.
func TestExplainSheetInbound(t *testing.T) {
	t.Parallel()
	rows := sheet(t, "inbound.csv")
	cases := [][]string{{"text", "context", "language", "sms-plus"}}
	for _, r := range rows {
		context, language := "none", ""
		switch {
		case strings.Contains(r[2], "in dialog"):
			context = "dialog"
		case strings.Contains(r[2], "pending"):
			context = "opt-in-pending"
		}
		if _, lang, ok := strings.Cut(r[2], "locale "); ok {
			language = lang
		}
		plus := "false"
		if strings.Contains(r[2], "SMS+") {
			plus = "true"
		}
		cases = append(cases, []string{r[1], context, language, plus})
	}
	got, code, complaint := explained(t, "inbound", cases)
	require.Equal(t, exitOK, code, complaint)
	require.Len(t, got, len(rows))
	for i, r := range rows {
		assert.Equal(t, r[3], got[i]["class"], "%s %q: %v", r[0], r[1], got[i])
		if r[3] == "neither" {
			assert.Equal(t, r[4] == "yes", got[i]["review"], "%s %q: %v", r[0], r[1], got[i])
		}
		for _, key := range []string{"matched_by", "scope", "normalised", "route", "rule"} {
			assert.Contains(t, got[i], key)
		}
	}
}

// TestExplainSheetOutbound runs the auditor's table of hours through the command.
func TestExplainSheetOutbound(t *testing.T) {
	t.Parallel()
	rows := sheet(t, "hours.csv")
	cases := [][]string{{"to", "class", "profile", "at", "sent"}}
	for _, r := range rows {
		sent := ""
		if r[0] == "Q62" {
			sent = "2026-07-06T22:00:00Z,2026-07-07T09:00:00Z,2026-07-07T15:00:00Z"
		}
		cases = append(cases, []string{r[1], r[2], r[3], r[4], sent})
	}
	got, code, complaint := explained(t, "outbound", cases)
	require.Equal(t, exitOK, code, complaint)
	require.Len(t, got, len(rows))
	for i, r := range rows {
		want := map[string]string{"allowed": "allow", "blocked": "hold"}[r[5]]
		assert.Equal(t, want, got[i]["verdict"], "%s: %v", r[0], got[i])
		switch {
		case r[0] == "Q62":
			assert.Equal(t, "2026-07-07T22:00:00Z", got[i]["until"])
		case r[5] == "allowed" || r[6] == "":
			assert.Nil(t, got[i]["until"], "%s: %v", r[0], got[i])
		default:
			assert.Equal(t, r[6], got[i]["until"], "%s: %v", r[0], got[i])
		}
	}
}

func TestExplainOne(t *testing.T) {
	t.Parallel()
	ask := func(args ...string) (map[string]any, int, string) {
		var out, errs bytes.Buffer
		code := run(append([]string{"explain"}, args...), &out, &errs)
		got := map[string]any{}
		if out.Len() > 0 {
			require.NoError(t, json.Unmarshal(out.Bytes(), &got))
		}
		return got, code, errs.String()
	}
	got, code, _ := ask("inbound", `\u0053TOP\n`)
	assert.Equal(t, exitOK, code)
	assert.Equal(t, "opt-out", got["class"])
	assert.Equal(t, "code", got["scope"])

	got, _, _ = ask("inbound", "--context", "opt-in-pending", "oui")
	assert.Equal(t, "opt-in", got["class"])

	got, _, _ = ask("outbound", "--to", "33612345678", "--class", "marketing", "--consent", "opted-out", "--at", "2026-07-15T10:00:00Z")
	assert.Equal(t, "refuse", got["verdict"])
	assert.Equal(t, "stopped", got["reason"])

	got, _, _ = ask("outbound", "--to", "33612345678", "--class", "marketing", "--at", "2026-07-14T10:00:00Z", "--when-quiet", "drop")
	assert.Equal(t, "refuse", got["verdict"])
	assert.Equal(t, "quiet_hours", got["reason"])

	got, _, _ = ask("outbound", "--to", "33612345678", "--class", "marketing", "--at", "2026-07-15T10:00:00Z", "--paused-until", "2026-07-15T10:00:01Z")
	assert.Equal(t, []any{"refuse", "paused", "G11 paused"}, []any{got["verdict"], got["reason"], got["rule"]})

	for want, args := range map[string][]string{
		"no text":          {"inbound"},
		"opt-in-pending":   {"inbound", "--context", "asleep", "x"},
		"international":    {"outbound", "--to", "zero", "--class", "marketing"},
		"to and class":     {"outbound", "--class", "marketing"},
		"message class":    {"outbound", "--to", "33612345678", "--class", "spam"},
		"with its zone":    {"outbound", "--to", "33612345678", "--class", "marketing", "--at", "noon"},
		"no profile":       {"outbound", "--to", "33612345678", "--class", "marketing", "--profile", "XX"},
		"needs a short":    {"inbound", "--from", "33612345678", "x"},
		"stand in the fil": {"inbound", "--file", "-", "x"},
	} {
		_, code, complaint := ask(args...)
		assert.Equal(t, exitUsage, code, "%v", args)
		assert.Contains(t, complaint, want)
	}
}

func TestExplainFileOfBadRows(t *testing.T) {
	t.Parallel()
	got, code, complaint := explained(t, "outbound", [][]string{
		{"to", "class", "at"},
		{"33612345678", "transactional", "2026-07-14T10:00:00Z"},
		{"nobody", "marketing", "2026-07-14T10:00:00Z"},
		{"33612345678", "marketing"},
		{"33612345678", "compliance", time.Now().Format(time.RFC3339)},
	})
	assert.Equal(t, exitFailure, code)
	assert.Contains(t, complaint, "2 cases could not be answered")
	require.Len(t, got, 4)
	assert.Equal(t, "allow", got[0]["verdict"])
	assert.Contains(t, got[1]["error"], "line 3: \"nobody\" is not a phone number")
	assert.Contains(t, got[2]["error"], "line 4: 2 values, but the header names 3 columns")
	assert.Equal(t, "allow", got[3]["verdict"])

	_, code, complaint = explained(t, "inbound", [][]string{{"text", "contxt"}, {"STOP", "none"}})
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, complaint, `column 2 is "contxt"`)
}

// TestExplainOnACode says where a text would go on a code of the shop.
func TestExplainOnACode(t *testing.T) {
	applyDatabase(t)
	shop := `
carriers: [{name: sim, addr: "127.0.0.1:2775", system_id: s}]
programs: [{name: p, brand: P, contact: c, country: US, languages: [en], time_zone: America/New_York}]
short_codes: [{number: 36111, country: US, carriers: [sim], program: p, fallback: hello}]
keywords: [{short_code: 36111, word: PIZZA, program: p, flow: hello}]
flows:
  - flow: hello
    class: transactional
    start: a
    states: {a: {say: "Hello", end: done}}
`
	_, err := apply(t, shop, "-f", "-")
	require.NoError(t, err)
	for text, want := range map[string]string{
		"pizza 2 large": `"matched_by":"keyword"`,
		"what?":         `"matched_by":"fallback"`,
		"stop":          `"class":"opt-out"`,
	} {
		code, stdout, stderr := execute("explain", "inbound", "--short-code", "36111", text)
		require.Equal(t, exitOK, code, stderr)
		require.Contains(t, strings.ReplaceAll(stdout, `": "`, `":"`), want, text)
	}
}
