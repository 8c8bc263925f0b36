package admin_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEndpoints: made, changed, rotated and removed, for the record; what is
// wrong is said, and secrets are shown once.
func TestEndpoints(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	owner := r.owner()
	body := obj{"name": "CRM", "url": "https://crm.example/sms", "events": []string{"order.placed", "message.received", "order.placed"}}
	made := owner.want(http.StatusOK, "POST", "/endpoints", body)
	secret := made["secret"].(string)
	assert.Equal(t, []any{"message.received", "order.placed"}, made["events"])
	path := "/endpoints/" + made["id"].(string)

	wrong := func(location string, change obj) {
		t.Helper()
		b := obj{}
		for k, v := range body {
			b[k] = v
		}
		for k, v := range change {
			b[k] = v
		}
		out := owner.want(http.StatusUnprocessableEntity, "POST", "/endpoints", b)
		assert.Contains(t, out["errors"].([]any)[0].(obj)["location"], location)
	}
	wrong("body.url", obj{"url": "http://crm.example"})
	wrong("body.url", obj{"url": "https://127.0.0.1/"})
	wrong("body.url", obj{"url": "ftp://crm.example"})
	wrong("body.events", obj{"events": []string{"endpoint.ping"}})
	wrong("body.events", obj{"events": []string{}})
	wrong("body.programs", obj{"programs": []string{"nobody"}})
	wrong("body.name", obj{"name": ""})

	changed := owner.want(http.StatusOK, "PATCH", path, obj{"disabled": true, "include_text": true})
	assert.Equal(t, true, changed["disabled"])
	assert.Equal(t, "ann@example.com", changed["disabled_by"])
	owner.want(http.StatusConflict, "POST", path+"/ping", nil)
	changed = owner.want(http.StatusOK, "PATCH", path, obj{"disabled": false})
	assert.NotContains(t, changed, "disabled_by")
	assert.Equal(t, true, changed["include_text"])

	rotated := owner.want(http.StatusOK, "POST", path+"/secret", nil)
	assert.NotEqual(t, secret, rotated["secret"])
	ping := owner.want(http.StatusAccepted, "POST", path+"/ping", nil)
	log := owner.want(http.StatusOK, "GET", path+"/deliveries?type=endpoint.ping&state=pending", nil)
	require.Len(t, log["items"], 1)
	assert.Equal(t, ping["delivery"], log["items"].([]any)[0].(obj)["id"])
	shown := owner.want(http.StatusOK, "GET", path+"/deliveries/"+ping["delivery"].(string), nil)
	assert.Equal(t, "endpoint.ping", shown["payload"].(obj)["type"])
	owner.want(http.StatusNotFound, "GET", path+"/deliveries/4711", nil)
	assert.InDelta(t, 0, owner.want(http.StatusAccepted, "POST", path+"/replay", obj{"since": "2026-01-01T00:00:00Z"})["deliveries"], 0)
	owner.want(http.StatusNoContent, "DELETE", path, nil)
	owner.want(http.StatusNotFound, "GET", path, nil)
	for _, e := range owner.want(http.StatusOK, "GET", "/audit?object=endpoint+CRM", nil)["items"].([]any) {
		for _, side := range []string{"before", "after"} {
			if doc, ok := e.(obj)[side].(obj); ok {
				assert.NotContains(t, doc, "secret")
			}
		}
	}
}

// TestEndpointsOfSomePrograms: who is narrowed neither sees nor touches what
// others are told.
func TestEndpointsOfSomePrograms(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	owner := r.owner()
	all := owner.want(http.StatusOK, "POST", "/endpoints", obj{"name": "All", "url": "https://all.example", "events": []string{"message.received"}})
	ann := r.invite(owner, "max@example.com", "manager", "pizza")
	assert.Empty(t, ann.want(http.StatusOK, "GET", "/endpoints", nil)["items"])
	path := "/endpoints/" + all["id"].(string)
	ann.want(http.StatusForbidden, "GET", path, nil)
	ann.want(http.StatusForbidden, "PATCH", path, obj{"url": "https://max.example"})
	ann.want(http.StatusForbidden, "POST", path+"/secret", nil)
	ann.want(http.StatusForbidden, "DELETE", path, nil)
	ann.want(http.StatusForbidden, "GET", path+"/deliveries", nil)
	ann.want(http.StatusForbidden, "POST", path+"/ping", nil)
	out := ann.want(http.StatusUnprocessableEntity, "POST", "/endpoints", obj{"name": "Max", "url": "https://max.example", "events": []string{"message.received"}})
	assert.Contains(t, out["detail"], "choose among those")

	// Nor does she reach into the network that the gateway stands in.
	r.apply(twoShops)
	own := obj{"name": "Max", "url": "http://10.0.0.1", "events": []string{"message.received"}, "programs": []string{"pizza"}, "private": true}
	assert.Contains(t, ann.want(http.StatusUnprocessableEntity, "POST", "/endpoints", own)["detail"], "private network")
	path = "/endpoints/" + owner.want(http.StatusOK, "POST", "/endpoints", own)["id"].(string)
	ann.want(http.StatusUnprocessableEntity, "PATCH", path, obj{"url": "http://10.0.0.2"})
	ann.want(http.StatusOK, "PATCH", path, obj{"name": "Mine"})
}
