package admin_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// csv sends a file.
func (c *client) csv(path, file string) obj {
	c.room.t.Helper()
	req, err := http.NewRequestWithContext(c.room.t.Context(), "POST", c.room.url+"/api/v1"+path, strings.NewReader(file))
	require.NoError(c.room.t, err)
	req.Header.Set("Content-Type", "text/csv")
	req.Header.Set("Cookie", c.cookie)
	return c.send(req, http.StatusOK)
}

// TestSuppressionsOverTheAPI: one by hand, ten thousand from a file with bad
// rows, out again without what a spreadsheet would run, and lifted.
func TestSuppressionsOverTheAPI(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	c := r.owner()
	c.want(http.StatusUnprocessableEntity, "POST", "/suppressions", obj{"msisdn": "12", "reason": "a letter"})
	c.want(http.StatusUnprocessableEntity, "POST", "/suppressions", obj{"msisdn": "33612345678", "reason": ""})
	assert.EqualValues(t, 1, c.want(http.StatusOK, "POST", "/suppressions", obj{"msisdn": "33612345678", "reason": "a letter of 20 November"})["changed"])
	var file strings.Builder
	file.WriteString("hash,scope,reason\n")
	for i := range 10_000 {
		fmt.Fprintf(&file, "%064x,everywhere,old list\n", i+1)
	}
	file.WriteString("abc,everywhere,short\n")
	file.WriteString(fmt.Sprintf("%064x,nowhere,bad scope\n", 77))
	file.WriteString(fmt.Sprintf("%064x,everywhere,\"=HYPERLINK(\"\"http://evil\"\")\"\n", 99999))
	report := c.csv("/suppressions/import", file.String())
	assert.EqualValues(t, 10_001, report["taken"])
	bad := report["bad"].([]any)
	require.Len(t, bad, 2)
	assert.EqualValues(t, 10_002, bad[0].(obj)["line"])
	assert.Contains(t, bad[1].(obj)["why"], "nowhere")
	again := c.csv("/suppressions/import", file.String())
	assert.EqualValues(t, 0, again["taken"])

	res, err := http.DefaultClient.Do(c.request("GET", "/suppressions/export"))
	require.NoError(t, err)
	doc, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	assert.Equal(t, 10_003, strings.Count(string(doc), "\n"))
	assert.Contains(t, string(doc), "'=HYPERLINK", "no cell begins a formula")

	standing := c.want(http.StatusOK, "GET", "/consents/33612345678", nil)
	assert.Len(t, standing["listed"], 1)
	assert.NotEmpty(t, standing["ledger"])
	c.want(http.StatusOK, "POST", "/suppressions/33612345678/lift", obj{"reason": "she wrote again"})
	c.want(http.StatusNotFound, "POST", "/suppressions/33612345679/lift", obj{"reason": "she wrote again"})
	r.apply(twoShops)
	narrow := r.invite(c, "bob@example.com", "manager", "news")
	r.exec(`INSERT INTO suppressions (phone_hash, scope, scope_id, since, reason) SELECT $1, * FROM (VALUES ('everywhere', 0, now(), 'all'), ('code', 36111, now(), 'code'),
  ('program', 1, now(), 'pizza'), ('program', 2, now(), 'news')) v`, make([]byte, 32))
	var reasons []any
	for _, l := range narrow.want(http.StatusOK, "GET", "/consents/33612345678", nil)["listed"].([]any) {
		reasons = append(reasons, l.(obj)["reason"])
	}
	assert.ElementsMatch(t, []any{"all", "news"}, reasons)
	narrow.want(http.StatusForbidden, "POST", "/suppressions", obj{"msisdn": "33612345678", "reason": "a letter"})
}

// TestContactsOverTheAPI: people with their consents, what is stored about
// one, and its end.
func TestContactsOverTheAPI(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.apply(twoShops)
	c := r.owner()
	report := c.csv("/contacts/import", "msisdn,first_name,program,consent_text,consent_source,consent_at\n"+
		"33612345678,Ann,pizza,Offers by SMS,web form,2026-07-14T10:00:00Z\n33612345679,Bob,pizza,,,\nnobody,,,,,\n")
	assert.EqualValues(t, 1, report["taken"])
	assert.Len(t, report["bad"], 2)
	export := c.want(http.StatusOK, "GET", "/contacts/33612345678/export", nil)
	assert.Contains(t, fmt.Sprint(export["contacts"]), "Ann")
	c.want(http.StatusUnprocessableEntity, "POST", "/contacts/33612345678/erase", obj{"reason": ""})
	gone := c.want(http.StatusOK, "POST", "/contacts/33612345678/erase", obj{"reason": "her letter of today"})
	assert.EqualValues(t, 1, gone["contacts"])
	assert.NotContains(t, fmt.Sprint(c.want(http.StatusOK, "GET", "/contacts/33612345678/export", nil)["contacts"]), "Ann")
	entries := c.want(http.StatusOK, "GET", "/audit", nil)
	assert.NotContains(t, fmt.Sprint(entries), "33612345678", "the audit log masks phones")
}
