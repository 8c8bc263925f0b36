package admin_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTemplates: the demo's flows are there to begin with, and none of their
// addresses is a flow's.
func TestTemplates(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.apply(twoShops)
	c := r.owner()
	all := c.want(http.StatusOK, "GET", "/flows/templates", nil)["items"].([]any)
	require.Greater(t, len(all), 10)
	byName := map[string]obj{}
	for _, item := range all {
		byName[item.(obj)["name"].(string)] = item.(obj)
	}
	assert.Equal(t, "Order a pizza", byName["pizza-order"]["title"])
	assert.Equal(t, "One vote per phone for the final of a show.", byName["vote"]["about"])
	for name := range byName {
		shown := c.want(http.StatusOK, "GET", "/flows/templates/"+name, nil)
		assert.Contains(t, shown["source"], "\nflow: "+name+"\n")
		assert.NotEmpty(t, byName[name]["about"])
	}
	missing := c.want(http.StatusNotFound, "GET", "/flows/templates/nothing", nil)
	assert.Contains(t, missing["detail"], "lists them")
	c.header = http.Header{"If-None-Match": {"*"}}
	for _, name := range []string{"templates", "new"} {
		refused := c.want(http.StatusUnprocessableEntity, "PUT", "/flows/"+name+"/draft", obj{"source": "flow: " + name + "\n"})
		assert.Contains(t, refused["detail"], "choose another name")
	}
}
