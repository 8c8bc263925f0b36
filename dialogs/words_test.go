package dialogs

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestWordFiles holds what every language must have.
func TestWordFiles(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"de", "en", "es", "fr", "it", "nl", "pl", "pt", "ro"}, slices.Sorted(maps.Keys(lexicons)))
	for name, x := range lexicons {
		for list, want := range map[string]map[int]bool{"numbers": values(x.numbers), "months": values(x.months), "weekdays": values(x.weekdays), "today, tomorrow and the day after": values(x.day), "noon and midnight": values(x.clock)} {
			n := map[string]int{"numbers": 21, "months": 12, "weekdays": 7, "today, tomorrow and the day after": 3, "noon and midnight": 2}[list]
			assert.Len(t, want, n, "%s: %s", name, list)
		}
		for list, n := range map[string]int{
			"yes": len(x.yes), "yes phrases": len(x.yesPhrase), "no": len(x.no), "no phrases": len(x.noPhrase), "filler": len(x.filler), "doubt": len(x.doubt), "more": len(x.more),
			"next": len(x.next), "on": len(x.on), "and": len(x.and), "oclock": len(x.oclock), "morning": len(x.half[0]), "evening": len(x.half[1]), "night": len(x.half[2]),
		} {
			assert.Positive(t, n, "%s: %s", name, list)
		}
		for _, printed := range append(slices.Clone(x.monthName), x.shownMore, x.flag[0], x.flag[1]) {
			_, odd := segments(printed)
			assert.Zero(t, odd, "%s: %q is outside GSM 03.38", name, printed)
			assert.NotEmpty(t, printed, name)
		}
		assert.True(t, x.no[x.flag[0]] || x.flag[0] == "no", name)
	}
}

func values(words map[string]int) map[int]bool {
	out := make(map[int]bool)
	for _, n := range words {
		out[n] = true
	}
	return out
}

// TestLanguagesDoNotContradict: all languages of a program are understood at
// once, so a word means one thing in all of them.
func TestLanguagesDoNotContradict(t *testing.T) {
	t.Parallel()
	for a, x := range lexicons {
		for b, y := range lexicons {
			for w := range x.yes {
				assert.False(t, y.no[w], "%q is yes in %s and no in %s", w, a, b)
				assert.False(t, len(w) > 1 && y.filler[w], "%q is yes in %s and filler in %s", w, a, b)
				assert.False(t, y.doubt[w], "%q is yes in %s and doubt in %s", w, a, b)
			}
			for w := range x.no {
				assert.False(t, len(w) > 1 && y.filler[w], "%q is no in %s and filler in %s", w, a, b)
			}
			for w, n := range x.numbers {
				if m, ok := y.numbers[w]; ok {
					assert.Equal(t, n, m, "%q is a number in %s and another in %s", w, a, b)
				}
			}
			for w, n := range x.day {
				if m, ok := y.day[w]; ok {
					assert.Equal(t, n, m, "%q is a day in %s and another in %s", w, a, b)
				}
			}
			for w, n := range x.months {
				if m, ok := y.months[w]; ok {
					assert.Equal(t, n, m, "%q is a month in %s and another in %s", w, a, b)
				}
			}
		}
	}
}
