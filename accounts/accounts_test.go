package accounts_test

import (
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/accounts"
)

func TestRights(t *testing.T) {
	t.Parallel()
	for _, role := range accounts.Roles() {
		require.True(t, role.Valid())
		require.Contains(t, role.Rights(), accounts.Read, role)
	}
	assert.False(t, accounts.Role("root").Valid())
	var nobody *accounts.Caller
	assert.False(t, nobody.May(accounts.Read))
	assert.False(t, nobody.Within("p"))
	viewer := &accounts.Caller{Role: accounts.Viewer, Programs: []string{"p"}}
	assert.True(t, viewer.May(accounts.Read))
	assert.False(t, viewer.May(accounts.SeePhones))
	assert.True(t, viewer.Within("p"))
	assert.False(t, viewer.Within("q"))
	assert.False(t, viewer.Within(""), "what belongs to no program is not for one who is narrowed")
	assert.False(t, (&accounts.Caller{Role: accounts.Manager}).May(accounts.Administer))
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	_, err := accounts.HashPassword("short")
	require.ErrorContains(t, err, "at least 12")
	_, err = accounts.HashPassword(strings.Repeat("x", 201))
	require.ErrorContains(t, err, "longer than 200")
	hash, err := accounts.HashPassword("correct horse battery")
	require.NoError(t, err)
	assert.Contains(t, hash, "$argon2id$")
	assert.True(t, accounts.CheckPassword("correct horse battery", hash))
	assert.False(t, accounts.CheckPassword("correct horse batterY", hash))
	assert.False(t, accounts.CheckPassword("", ""), "an account without a password lets nobody in")
}

func TestTOTP(t *testing.T) {
	t.Parallel()
	secret, url, err := accounts.NewTOTP("ann@example.com")
	require.NoError(t, err)
	assert.Contains(t, url, "otpauth://totp/Repartee:ann@example.com")
	now := time.Date(2026, 11, 26, 12, 0, 5, 0, time.UTC)
	code, err := totp.GenerateCode(secret, now)
	require.NoError(t, err)
	step, ok := accounts.CheckTOTP(code[:3]+" "+code[3:], secret, 0, now)
	require.True(t, ok)
	_, ok = accounts.CheckTOTP(code, secret, step, now)
	assert.False(t, ok, "a code is good once")
	_, ok = accounts.CheckTOTP(code, secret, 0, now.Add(30*time.Second))
	assert.True(t, ok, "clocks differ a little")
	_, ok = accounts.CheckTOTP(code, secret, 0, now.Add(2*time.Minute))
	assert.False(t, ok)
}

func TestTokens(t *testing.T) {
	t.Parallel()
	a, b := accounts.NewToken("rk_"), accounts.NewToken("rk_")
	assert.NotEqual(t, a, b)
	assert.Regexp(t, `^rk_[a-z2-7]{32}$`, string(a))
	assert.Len(t, a.Hash(), 32)
	codes := accounts.NewRecoveryCodes()
	assert.Len(t, codes, 10)
	assert.Regexp(t, `^[a-z2-7]{5}-[a-z2-7]{5}$`, string(codes[0]))
}

func TestThrottle(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	for failed, wait := range map[int]time.Duration{5: time.Minute, 6: 2 * time.Minute, 10: 32 * time.Minute, 11: time.Hour, 1000: time.Hour} {
		assert.Equal(t, at.Add(wait), accounts.Throttle(failed, at), failed)
	}
	assert.True(t, accounts.Throttle(4, at).IsZero())
}
