package dialogs_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/dialogs"
)

// TestLanguageFlows plays the four flows of the language's own reference.
func TestLanguageFlows(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/flows/*.yaml")
	require.NoError(t, err)
	require.Len(t, files, 4)
	zone, err := time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	program := dialogs.Program{Name: "demo", Brand: "Demo", Contact: "0800 111 222", Country: "FR", Currency: "EUR", Languages: []string{"fr", "en"}, Zone: zone}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			src, err := os.ReadFile(file)
			require.NoError(t, err)
			flow, problems := dialogs.Load(filepath.Base(file), src, dialogs.Env{
				Languages: program.Languages, Country: program.Country, Currency: program.Currency, Zone: zone, Version: 1,
				Staff: []string{"hosts", "managers", "shop"},
			})
			require.NotNil(t, flow, "%v", problems)
			n, failures := flow.RunTests(dialogs.TestOptions{Program: program, File: file})
			assert.Positive(t, n)
			assert.Empty(t, failures)
		})
	}
}
