package repartee_test

import (
	"fmt"
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sheet is where the rows of the sheet of compliance are tests, by the letter
// of their ids: texts and what they are read as (K), messages and the hours
// (Q), sequences of texts (S). The sheet numbers them from 1 and leaves out
// every third or fourth.
var sheet = []struct {
	file    string
	row     string // finds the ids
	form    string
	last    int
	leaving int
}{
	{"optout/testdata/inbound.csv", `(?m)^(K\d+)`, "K%03d", 128, 3},
	{"optout/testdata/hours.csv", `(?m)^(Q\d+)`, "Q%02d", 62, 3},
	{"app/sequences_test.go", `id: "(S\d+)", steps`, "S%02d", 15, 4},
}

// Each row of the sheet is in its table once.
func TestEveryRowOfTheSheet(t *testing.T) {
	t.Parallel()
	for _, s := range sheet {
		text, err := os.ReadFile(s.file)
		require.NoError(t, err)
		var want []string
		for n := 1; n <= s.last; n++ {
			if n%s.leaving != 0 {
				want = append(want, fmt.Sprintf(s.form, n))
			}
		}
		var rows []string
		for _, found := range regexp.MustCompile(s.row).FindAllStringSubmatch(string(text), -1) {
			rows = append(rows, found[1])
		}
		assert.Equal(t, want, rows, s.file)
	}
}
