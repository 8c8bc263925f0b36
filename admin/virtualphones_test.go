package admin_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/admin"
	"repartee/sms"
)

// table is a simulated carrier that answers every text with the same.
type table struct{ texts []admin.PhoneText }

func (*table) Carriers() []admin.SimulatedCarrier {
	return []admin.SimulatedCarrier{{Carrier: "sim", ShortCodes: []string{"36111"}, Phones: []string{"33612345678"}}}
}

func (x *table) Send(_ context.Context, _ string, _ sms.MSISDN, code sms.ShortCode, text string) error {
	if text == "DEAF" {
		return errors.New("no gateway is bound")
	}
	for _, t := range []admin.PhoneText{{Text: text, State: "acknowledged"}, {Text: "🍕", Received: true}} {
		t.Number, t.ShortCode, t.At, t.Segments = int64(len(x.texts)+1), code.String(), time.Now(), 1
		x.texts = append(x.texts, t)
	}
	return nil
}

func (x *table) Transcript(_ context.Context, _ string, _ sms.MSISDN, after int64) ([]admin.PhoneText, error) {
	return x.texts[min(int(after), len(x.texts)):], nil
}

// TestVirtualPhonesAreTheDemos: with real carriers there are none, and the
// answer says where there are.
func TestVirtualPhonesAreTheDemos(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	owner := r.owner()
	require.NotContains(t, owner.want(http.StatusOK, "GET", "/session", nil), "demo")
	for _, path := range []string{"/phones", "/phones/33612345678/messages?carrier=sim"} {
		require.Contains(t, owner.want(http.StatusNotFound, "GET", path, nil)["detail"], "repartee demo")
	}
}

func TestVirtualPhonesText(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.server.Simulators = &table{}
	owner := r.owner()
	require.Equal(t, true, owner.want(http.StatusOK, "GET", "/session", nil)["demo"])
	carrier := owner.want(http.StatusOK, "GET", "/phones", nil)["items"].([]any)[0].(obj)
	require.Equal(t, []any{"36111"}, carrier["short_codes"])

	const path = "/phones/33612345678/messages"
	owner.want(http.StatusNoContent, "POST", path, obj{"carrier": "sim", "short_code": "36111", "text": "PIZZA"})
	items := owner.want(http.StatusOK, "GET", path+"?carrier=sim", nil)["items"].([]any)
	require.Len(t, items, 2)
	require.Equal(t, "PIZZA", items[0].(obj)["text"])
	items = owner.want(http.StatusOK, "GET", path+"?carrier=sim&after=1", nil)["items"].([]any)
	require.Len(t, items, 1)
	require.Equal(t, "🍕", items[0].(obj)["text"])

	for place, body := range map[string]obj{
		"body.carrier":    {"carrier": "none", "short_code": "36111", "text": "x"},
		"body.short_code": {"carrier": "sim", "short_code": "47492", "text": "x"},
		"body.text":       {"carrier": "sim", "short_code": "36111", "text": ""},
	} {
		out := owner.want(http.StatusUnprocessableEntity, "POST", path, body)
		assert.Equal(t, place, out["errors"].([]any)[0].(obj)["location"])
	}
	deaf := owner.want(http.StatusConflict, "POST", path, obj{"carrier": "sim", "short_code": "36111", "text": "DEAF"})
	require.Equal(t, "no gateway is bound", deaf["detail"])
	owner.want(http.StatusUnprocessableEntity, "GET", path+"?carrier=none", nil)

	narrow := r.invite(owner, "bob@example.com", "manager", "pizza")
	narrow.want(http.StatusForbidden, "GET", "/phones", nil)
	narrow.want(http.StatusForbidden, "GET", path+"?carrier=sim", nil)
}
