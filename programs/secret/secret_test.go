package secret_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"repartee/programs/secret"
)

const key = "0123456789abcdef0123456789abcdef"

func sealer(t *testing.T, key string) *secret.Sealer {
	t.Helper()
	s, err := secret.New([]byte(key))
	require.NoError(t, err)
	return s
}

func TestWhatIsSealedOpensOnlyInItsPlace(t *testing.T) {
	t.Parallel()
	s := sealer(t, key)
	for _, value := range []string{"", "pa55word", strings.Repeat("x", 1000)} {
		sealed, err := s.Seal(value, "carriers.password/orange")
		require.NoError(t, err)
		opened, err := s.Open(sealed, "carriers.password/orange")
		require.NoError(t, err)
		require.Equal(t, value, opened)
		if value != "" {
			require.NotContains(t, string(sealed), value)
		}
		_, err = s.Open(sealed, "carriers.password/other")
		require.ErrorContains(t, err, "changed or moved")
	}
}

func TestTheSameValueIsNeverSealedTheSameWay(t *testing.T) {
	t.Parallel()
	s := sealer(t, key)
	one, err := s.Seal("pa55word", "p")
	require.NoError(t, err)
	two, err := s.Seal("pa55word", "p")
	require.NoError(t, err)
	require.NotEqual(t, one, two)
}

func TestAnotherKeyIsNamed(t *testing.T) {
	t.Parallel()
	s, other := sealer(t, key), sealer(t, strings.ToUpper(key))
	sealed, err := s.Seal("pa55word", "p")
	require.NoError(t, err)
	_, err = other.Open(sealed, "p")
	require.ErrorContains(t, err, "sealed with the key "+s.KeyID())
	require.ErrorContains(t, err, "is the key "+other.KeyID())
	require.NotContains(t, err.Error(), key)
}

func TestAnyChangedOctetIsRefused(t *testing.T) {
	t.Parallel()
	s := sealer(t, key)
	sealed, err := s.Seal("pa55word", "p")
	require.NoError(t, err)
	for i := range sealed {
		changed := append([]byte(nil), sealed...)
		changed[i] ^= 1
		_, err := s.Open(changed, "p")
		require.Error(t, err, "octet %d", i)
		_, err = s.Open(sealed[:i], "p")
		require.Error(t, err, "cut at %d", i)
	}
}

func TestAShortKeyIsRefused(t *testing.T) {
	t.Parallel()
	_, err := secret.New([]byte("too short"))
	require.ErrorContains(t, err, "openssl rand")
}
