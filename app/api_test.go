package app

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestFirstRunGivesALink: a gateway without an owner gives the link that makes
// one, and the API answers at its address.
func TestFirstRunGivesALink(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	res, err := http.Get(w.gw.url() + "/api/v1/setup")
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	assert.Equal(t, http.StatusOK, res.StatusCode)

	var links []string
	w.gw.opts.Welcome = func(link string) { links = append(links, link) }
	require.NoError(t, w.gw.welcome(w.context()))
	require.NoError(t, w.gw.welcome(w.context()))
	require.Len(t, links, 2)
	become := func(link string) int {
		base, token, _ := strings.Cut(link, "/setup#")
		body := `{"token": "` + token + `", "email": "ann@example.com", "name": "Ann", "password": "correct horse battery"}`
		res, err := http.Post(base+"/api/v1/setup", "application/json", strings.NewReader(body))
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		return res.StatusCode
	}
	assert.Equal(t, http.StatusForbidden, become(links[0]), "a later start's link replaces it")
	assert.Equal(t, http.StatusOK, become(links[1]))
	require.NoError(t, w.gw.welcome(w.context()))
	assert.Len(t, links, 2, "there is an owner")
}
