package dialogs

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestPluralOf holds examples of CLDR, chapter "Language Plural Rules".
func TestPluralOf(t *testing.T) {
	t.Parallel()
	for language, forms := range map[string]map[float64]string{
		"en": {0: "other", 1: "one", 1.5: "other", 2: "other", -1: "one"},
		"fr": {0: "one", 1: "one", 1.5: "one", 2: "other"},
		"pl": {1: "one", 2: "few", 4: "few", 5: "many", 12: "many", 22: "few", 1.5: "other"},
		"ro": {0: "few", 1: "one", 19: "few", 20: "other", 101: "few", 1.5: "few"},
		"de": {0: "other", 1: "one", 3_000_000_001: "other"},
	} {
		for n, want := range forms {
			assert.Equal(t, want, (&speaker{language: language}).pluralOf(n), "%s %v", language, n)
		}
	}
}
