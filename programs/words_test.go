package programs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/optout"
)

// TestAnswersAreNoOptOuts: what every flow understands as yes, no or more must
// reach it, in each language.
func TestAnswersAreNoOptOuts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../dialogs/words/*.txt")
	require.NoError(t, err)
	require.Len(t, files, 9)
	for _, file := range files {
		language := strings.TrimSuffix(filepath.Base(file), ".txt")
		src, err := os.ReadFile(file)
		require.NoError(t, err)
		for line := range strings.Lines(string(src)) {
			list, items, _ := strings.Cut(strings.TrimSpace(line), ": ")
			switch list {
			case "yes", "yes phrases", "no", "no phrases", "more", "today", "tomorrow", "noon", "midnight", "weekdays", "numbers":
				for w := range strings.FieldsFuncSeq(items, func(r rune) bool { return r == ',' || r == '|' }) {
					got := optout.Classify(w, optout.Context{Languages: []string{language}, Dialog: true})
					assert.Equal(t, optout.Neither, got.Kind, "%s: %s %q: %s", language, list, w, got.Rule)
				}
			}
		}
	}
}
