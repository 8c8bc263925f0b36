package endpoints_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/endpoints"
)

// TestSignatureOfStandardWebhooks: the example of the specification's libraries.
func TestSignatureOfStandardWebhooks(t *testing.T) {
	t.Parallel()
	at := time.Unix(1614265330, 0)
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	got, err := endpoints.Sign([]string{secret}, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, []byte(`{"test": 2432232314}`))
	require.NoError(t, err)
	assert.Equal(t, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", got)
	both, err := endpoints.Sign([]string{endpoints.NewSecret(), secret}, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, []byte(`{"test": 2432232314}`))
	require.NoError(t, err)
	assert.Regexp(t, `^v1,\S{44} v1,g0hM9SsE\+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=$`, both)
	for _, bad := range []string{"whsec_?", "whsec_", "", "whsec_c2hvcnQ="} {
		_, err = endpoints.Sign([]string{bad}, "", at, nil)
		require.ErrorContains(t, err, "make another one", bad)
	}
	assert.NotEqual(t, endpoints.NewSecret(), endpoints.NewSecret())
	assert.Regexp(t, `^whsec_[A-Za-z0-9+/]{43}=$`, endpoints.NewSecret())
}

// TestTwoSecretsAreGoodForAWhile: after a rotation.
func TestTwoSecretsAreGoodForAWhile(t *testing.T) {
	t.Parallel()
	now := time.Now()
	e := endpoints.Endpoint{Secret: "a"}
	e.Rotate("b", now.Add(time.Hour))
	assert.Equal(t, []string{"b", "a"}, e.Secrets(now))
	assert.Equal(t, []string{"b"}, e.Secrets(now.Add(time.Hour)))
}

// TestScheduleOfTries: an endpoint that never answers is tried for three days,
// ever more rarely; the chance spreads the tries by a fifth.
func TestScheduleOfTries(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	now := begin
	var pauses []time.Duration
	for tries := 1; ; tries++ {
		v := endpoints.Judge(endpoints.Attempt{At: now, Error: "no answer came"}, begin, tries, false, 0.5)
		assert.Equal(t, "no answer came", v.Error)
		if v.State == endpoints.Failed {
			assert.Equal(t, 9, tries)
			break
		}
		pauses = append(pauses, v.Due.Sub(now))
		now = v.Due
	}
	day := 24 * time.Hour
	assert.Equal(t, []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour, 6 * time.Hour, day, day}, pauses)
	assert.LessOrEqual(t, now.Sub(begin), 3*day)
	for chance, want := range map[float64]time.Duration{0: 4 * time.Second, 0.999999: 6 * time.Second} {
		v := endpoints.Judge(endpoints.Attempt{At: begin}, begin, 1, false, chance)
		assert.InDelta(t, want, v.Due.Sub(begin), float64(time.Millisecond))
	}
}

// TestAnswersOfEndpoints: what each status means.
func TestAnswersOfEndpoints(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	judge := func(status int, after time.Duration) endpoints.Verdict {
		return endpoints.Judge(endpoints.Attempt{At: now, Status: status, After: after}, now, 1, false, 0.5)
	}
	for _, status := range []int{200, 201, 204} {
		assert.Equal(t, endpoints.Verdict{State: endpoints.Delivered}, judge(status, 0))
	}
	for _, status := range []int{101, 301, 302, 400, 401, 404, 429, 500, 503} {
		v := judge(status, 0)
		assert.Equal(t, endpoints.Pending, v.State, status)
		assert.False(t, v.Disable)
		assert.Contains(t, v.Error, "status")
	}
	gone := judge(410, 0)
	assert.Equal(t, endpoints.Failed, gone.State)
	assert.True(t, gone.Disable)
	assert.Equal(t, now.Add(time.Minute), judge(429, time.Minute).Due, "it asks for more than the schedule gives")
	assert.Equal(t, now.Add(5*time.Second), judge(503, time.Second).Due)
	assert.Equal(t, now.Add(24*time.Hour), judge(503, 1000*time.Hour).Due)
	assert.Equal(t, endpoints.Failed, endpoints.Judge(endpoints.Attempt{At: now, Status: 500}, now, 1, true, 0.5).State, "a test is sent once")
}

// TestAddressesTheWorldCanReach: and those that only look so.
func TestAddressesTheWorldCanReach(t *testing.T) {
	t.Parallel()
	for address, public := range map[string]bool{
		"93.184.216.34": true, "2606:2800:220:1::1": true, "::ffff:93.184.216.34": true,
		"127.0.0.1": false, "127.8.8.8": false, "10.0.0.1": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false,
		"0.0.0.0": false, "0.1.2.3": false, "192.0.0.8": false, "198.18.0.1": false, "224.0.0.1": false, "240.0.0.1": false, "255.255.255.255": false,
		"::": false, "::1": false, "fc00::1": false, "fd12:3456::1": false, "fe80::1": false, "fe80::1%eth0": false, "fec0::1": false, "ff02::1": false,
		"::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::ffff:169.254.169.254": false, "64:ff9b::7f00:1": false, "64:ff9b:1::a00:1": false, "2002:7f00:1::": false, "2001::1": false,
		"::7f00:1": false, "::10.0.0.1": false, "::ffff:0:10.0.0.1": false, "100::1": false, "4000::1": false,
	} {
		assert.Equal(t, public, endpoints.Public(netip.MustParseAddr(address)), address)
	}
	assert.False(t, endpoints.Public(netip.Addr{}))
}

// TestAddressesOfEndpoints: what is refused when it is written, with what to do.
func TestAddressesOfEndpoints(t *testing.T) {
	t.Parallel()
	for url, wrong := range map[string]string{
		"https://crm.example.com/sms?token=x": "", "https://93.184.216.34:8443/": "", "https://[2606:2800:220:1::1]/": "",
		"": "no address", "crm.example.com": "no address", "ftp://crm.example.com": "no address", "https://": "no address", "https:///x": "no address", "https://%zz": "no address",
		"https://me:secret@crm.example.com": "signature", "http://crm.example.com": "https only",
		"https://127.0.0.1": "private network", "https://[::1]/": "private network", "https://[::ffff:10.0.0.1]/": "private network", "https://169.254.169.254/latest": "private network",
	} {
		err := (&endpoints.Endpoint{URL: url}).CheckURL()
		if wrong == "" {
			require.NoError(t, err, url)
			continue
		}
		require.ErrorContains(t, err, wrong, url)
	}
	for _, url := range []string{"http://crm.local:8080/sms", "http://127.0.0.1", "https://10.0.0.1"} {
		require.NoError(t, (&endpoints.Endpoint{URL: url, Private: true}).CheckURL(), url)
	}
}
