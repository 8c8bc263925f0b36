package optout_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/optout"
)

// Failures by days before now, oldest first; what they ask for, and by which rule.
func TestHygiene(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-26T12:00:00Z")
	type days map[float64]optout.Delivery
	ago := func(d float64) time.Time { return now.Add(-time.Duration(d * 24 * float64(time.Hour))) }
	for name, c := range map[string]struct {
		failed []float64
		cause  optout.Delivery
		others days // of another cause
		alive  float64
		want   optout.Action
		rule   string
	}{
		"nothing failed":                           {nil, "", nil, 0, optout.GoOn, ""},
		"unsubscribed once":                        {[]float64{0}, optout.Unsubscribed, nil, 0, optout.OptOutSilent, "H01 unsubscribed"},
		"unsubscribed, alive before":               {[]float64{0}, optout.Unsubscribed, nil, 1, optout.OptOutSilent, "H01 unsubscribed"},
		"do not disturb once":                      {[]float64{0}, optout.DoNotDisturb, nil, 0, optout.Pause, "H02 do not disturb"},
		"unknown once":                             {[]float64{0}, optout.UnknownSubscriber, nil, 0, optout.GoOn, ""},
		"unknown twice in a day":                   {[]float64{1, 0}, optout.UnknownSubscriber, nil, 0, optout.Pause, "H05 number unknown twice"},
		"unknown twice, delivered between":         {[]float64{2, 0}, optout.UnknownSubscriber, nil, 1, optout.GoOn, ""},
		"unknown twice, delivered at the first":    {[]float64{2, 0}, optout.UnknownSubscriber, nil, 2, optout.GoOn, ""},
		"unknown twice, just below a week":         {[]float64{6.999, 0}, optout.UnknownSubscriber, nil, 0, optout.Pause, "H05 number unknown twice"},
		"unknown twice, a week apart":              {[]float64{7, 0}, optout.UnknownSubscriber, nil, 0, optout.Suppress, "H04 number gone for a week"},
		"unknown twice, 30 days apart":             {[]float64{30, 0}, optout.UnknownSubscriber, nil, 0, optout.Suppress, "H04 number gone for a week"},
		"unknown twice, beyond 30 days":            {[]float64{30.001, 0}, optout.UnknownSubscriber, nil, 0, optout.GoOn, ""},
		"unknown three times":                      {[]float64{2, 1, 0}, optout.UnknownSubscriber, nil, 0, optout.Suppress, "H03 number gone"},
		"unknown three times, one is old":          {[]float64{31, 1, 0}, optout.UnknownSubscriber, nil, 0, optout.Pause, "H05 number unknown twice"},
		"unknown twice, absent does not count":     {[]float64{0}, optout.UnknownSubscriber, days{1: optout.Absent}, 0, optout.GoOn, ""},
		"unknown twice, the newest is another":     {[]float64{0}, optout.Network, days{3: optout.UnknownSubscriber, 2: optout.UnknownSubscriber}, 0, optout.GoOn, ""},
		"barred twice":                             {[]float64{1, 0}, optout.Barred, nil, 0, optout.GoOn, ""},
		"barred three times":                       {[]float64{30, 1, 0}, optout.Barred, nil, 0, optout.Pause, "H06 barred"},
		"barred three times, one is old":           {[]float64{30.001, 1, 0}, optout.Barred, nil, 0, optout.GoOn, ""},
		"barred and handset count together":        {[]float64{1, 0}, optout.Barred, days{2: optout.Handset}, 0, optout.Pause, "H06 barred"},
		"absent five times over 30 days":           {[]float64{30, 20, 10, 5, 0}, optout.Absent, nil, 0, optout.Pause, "H07 absent"},
		"absent five times over a year":            {[]float64{365, 20, 10, 5, 0}, optout.Absent, nil, 0, optout.Pause, "H07 absent"},
		"absent five times, just below 30 days":    {[]float64{29.999, 20, 10, 5, 0}, optout.Absent, nil, 0, optout.GoOn, ""},
		"absent four times over 30 days":           {[]float64{30, 20, 10, 0}, optout.Absent, nil, 0, optout.GoOn, ""},
		"absent many times in a day":               {[]float64{0.5, 0.4, 0.3, 0.2, 0.1, 0}, optout.Absent, nil, 0, optout.GoOn, ""},
		"absent five times, alive between":         {[]float64{30, 20, 10, 5, 0}, optout.Absent, nil, 15, optout.GoOn, ""},
		"an old failure, alive since":              {[]float64{5}, optout.Unsubscribed, nil, 1, optout.GoOn, ""},
		"filtered content is not the phone's":      {[]float64{3, 2, 1, 0}, optout.ContentBlocked, nil, 0, optout.GoOn, ""},
		"the network's trouble is not the phone's": {[]float64{40, 30, 20, 10, 0}, optout.Network, nil, 0, optout.GoOn, ""},
		"out of hours":                             {[]float64{40, 30, 20, 10, 0}, optout.OutOfHours, nil, 0, optout.GoOn, ""},
		"rejected":                                 {[]float64{40, 30, 20, 10, 0}, optout.Rejected, nil, 0, optout.GoOn, ""},
		"unknown cause":                            {[]float64{40, 30, 20, 10, 0}, optout.UnknownCause, nil, 0, optout.GoOn, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var r optout.Reachability
			for d, cause := range c.others {
				r.Failures = append(r.Failures, optout.Failure{At: ago(d), Cause: cause})
			}
			for _, d := range c.failed {
				r.Failures = append(r.Failures, optout.Failure{At: ago(d), Cause: c.cause})
			}
			if c.alive != 0 {
				r.Alive = ago(c.alive)
			}
			got := optout.Hygiene(r, now)
			assert.Equal(t, c.want, got.Action)
			assert.Equal(t, c.rule, got.Rule)
			assert.True(t, c.rule == "" || c.cause.Counts())
			assert.Equal(t, c.want == optout.GoOn, got.Sentence == "" && got.Source == "")
			assert.Equal(t, c.want == optout.Pause, got.Until.Equal(now.Add(90*24*time.Hour)))
		})
	}
}

func TestErrorMaps(t *testing.T) {
	t.Parallel()
	own := map[string]string{"0612": "unsubscribed", "kon": "barred", "2": "network"}
	for name, c := range map[string]struct {
		carrier string
		own     map[string]string
		receipt optout.Receipt
		want    optout.Delivery
	}{
		"delivered":                      {"twilio", nil, optout.Receipt{State: "delivered", Error: "005", Code: 5}, optout.Delivered},
		"enroute says nothing":           {"twilio", nil, optout.Receipt{State: "enroute", Error: "001", Code: 1}, ""},
		"accepted says nothing":          {"", nil, optout.Receipt{State: "accepted"}, ""},
		"unknown says nothing":           {"map", nil, optout.Receipt{State: "unknown", Stat: "UNKNOWN", Code: 1}, ""},
		"expired":                        {"", nil, optout.Receipt{State: "expired"}, optout.Absent},
		"expired, the code says more":    {"twilio", nil, optout.Receipt{State: "expired", Code: 12}, optout.Network},
		"undelivered":                    {"", nil, optout.Receipt{State: "undeliverable", Error: "005", Code: 5}, optout.UnknownCause},
		"deleted":                        {"", nil, optout.Receipt{State: "deleted"}, optout.UnknownCause},
		"rejected":                       {"", nil, optout.Receipt{State: "rejected"}, optout.Rejected},
		"twilio 001":                     {"twilio", nil, optout.Receipt{State: "undeliverable", Error: "001", Code: 1}, optout.Absent},
		"twilio 005":                     {"twilio", nil, optout.Receipt{State: "undeliverable", Error: "005", Code: 5}, optout.UnknownSubscriber},
		"the network's 1":                {"map", nil, optout.Receipt{State: "undeliverable", Error: "001", Code: 1}, optout.UnknownSubscriber},
		"8x8 1":                          {"8x8", nil, optout.Receipt{State: "undeliverable", Error: "1", Code: 1}, optout.Absent},
		"8x8 15":                         {"8x8", nil, optout.Receipt{State: "undeliverable", Code: 15}, optout.UnknownSubscriber},
		"telnyx 40300":                   {"telnyx", nil, optout.Receipt{State: "undeliverable", Code: 40300}, optout.Unsubscribed},
		"a word in the place of a code":  {"", nil, optout.Receipt{State: "undeliverable", Error: "blacklist"}, optout.Unsubscribed},
		"a word in the place of a state": {"", nil, optout.Receipt{State: "unknown", Stat: "UNSUBSCRIBED"}, optout.Unsubscribed},
		"own code":                       {"", own, optout.Receipt{State: "undeliverable", Error: "612", Code: 612}, optout.Unsubscribed},
		"own word":                       {"", own, optout.Receipt{State: "undeliverable", Error: "KON"}, optout.Barred},
		"own code over the map's":        {"twilio", own, optout.Receipt{State: "undeliverable", Code: 2}, optout.Network},
		"a code nobody knows":            {"twilio", own, optout.Receipt{State: "undeliverable", Error: "0dc"}, optout.UnknownCause},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, err := optout.ParseErrorMap(c.carrier, c.own)
			require.NoError(t, err)
			assert.Equal(t, c.want, m.Read(c.receipt))
		})
	}
	_, err := optout.ParseErrorMap("nobody", nil)
	assert.ErrorContains(t, err, "twilio")
	_, err = optout.ParseErrorMap("any", nil)
	assert.Error(t, err)
	_, err = optout.ParseErrorMap("", map[string]string{"1": "gone"})
	assert.ErrorContains(t, err, "unknown_subscriber")
}
