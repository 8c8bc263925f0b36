package optout_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nyaruka/phonenumbers"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEveryEntrySaysWhereItComesFrom holds the promise of the data files.
func TestEveryEntrySaysWhereItComesFrom(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("data/*.csv")
	require.NoError(t, err)
	assert.Len(t, files, 9)
	for _, name := range files {
		f, err := os.Open(name)
		require.NoError(t, err)
		r := csv.NewReader(f)
		r.Comment = '#'
		all, err := r.ReadAll()
		require.NoError(t, err)
		require.NoError(t, f.Close())
		tag, read, source := slices.Index(all[0], "tag"), slices.Index(all[0], "as_of"), slices.Index(all[0], "source")
		for _, row := range all[1:] {
			assert.Contains(t, []string{"V", "S", "C", "GK", "D"}, row[tag], "%s: %v", name, row)
			_, err := time.Parse(time.DateOnly, row[read])
			assert.NoError(t, err, "%s: %v", name, row)
			assert.True(t, source < 0 || row[source] != "", "%s: %v", name, row)
		}
	}
}

func TestZonesOfTheDataExist(t *testing.T) {
	t.Parallel()
	for name, column := range map[string]int{"npa.csv": 3, "zones.csv": 2, "places.csv": 2} {
		for _, row := range rows(t, "../data/"+name) {
			for _, zone := range strings.Fields(row[column]) {
				_, err := time.LoadLocation(zone)
				assert.NoError(t, err, "%s: %v", name, row)
			}
		}
	}
}

// TestAreaCodesAgreeWithTheLibrary catches new metadata that knows better.
func TestAreaCodesAgreeWithTheLibrary(t *testing.T) {
	t.Parallel()
	unknown, err := phonenumbers.GetTimezonesForPrefix("1")
	require.NoError(t, err)
	listed := make(map[string]bool)
	for _, row := range rows(t, "../data/npa.csv") {
		listed[row[0]] = true
		zones, err := phonenumbers.GetTimezonesForPrefix("1" + row[0] + "5550100")
		require.NoError(t, err)
		assert.True(t, row[3] != "" || len(zones) < len(unknown), "%s: no zone", row[0])
		for _, zone := range zones {
			if row[3] != "" && len(zones) == 1 {
				assert.Contains(t, append(strings.Fields(row[3]), overruled[row[0]]), zone, "%s: the table must not lose the library's zone", row[0])
			}
		}
	}
	for n := 200; n < 1000; n++ {
		npa := strconv.Itoa(n)
		zones, err := phonenumbers.GetTimezonesForPrefix("1" + npa + "5550100")
		require.NoError(t, err)
		assert.True(t, listed[npa] || len(zones) >= len(unknown), "%s: the library knows it, npa.csv does not", npa)
	}
}

// overruled are zones of the library that the table leaves out knowingly: 474
// is an overlay of 306 (Regina), and Fort Nelson keeps Whitehorse's time.
var overruled = map[string]string{"474": "America/Winnipeg", "867": "America/Fort_Nelson"}
