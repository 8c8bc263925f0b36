package dialogs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/dialogs"
)

// roma is the program that the demo flows are checked against.
func roma(t testing.TB) (dialogs.Env, dialogs.Program) {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	program := dialogs.Program{Name: "pizza-roma", Brand: "Pizza Roma", Contact: "0800 111 222", Country: "FR", Currency: "EUR", Languages: []string{"fr", "en"}, Zone: zone}
	return dialogs.Env{Languages: program.Languages, Country: "FR", Currency: "EUR", Zone: zone, Version: 1, Reserved: reserved}, program
}

// reserved stands in for optout.Reserved, which this package must not know.
func reserved(word string) string {
	switch word {
	case "stop", "STOP", "cancel", "CANCEL", "arret", "end", "quit":
		return "an opt-out word"
	case "help", "aide", "info":
		return "a help word"
	}
	return ""
}

// TestDemoFlows checks every flow of the demo, without a warning, and plays its
// golden conversations, of which there are some in each language.
func TestDemoFlows(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../demo/flows/*.yaml")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 12)
	env, program := roma(t)
	flows := map[string]*dialogs.Flow{}
	for _, file := range files {
		src, err := os.ReadFile(file)
		require.NoError(t, err)
		flow, problems := dialogs.Load(file, src, env)
		assert.Empty(t, problems)
		if flow != nil {
			flows[flow.Name] = flow
		}
	}
	for _, flow := range flows {
		t.Run(flow.Name, func(t *testing.T) {
			t.Parallel()
			n, failures := flow.RunTests(dialogs.TestOptions{Program: program, File: flow.Name, Flows: flows})
			assert.Empty(t, failures)
			assert.Positive(t, n)
		})
	}
}

// TestDemoFlowsUseTheWholeLanguage looks for every key, answer and action.
func TestDemoFlowsUseTheWholeLanguage(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../demo/flows/*.yaml")
	require.NoError(t, err)
	var all strings.Builder
	for _, file := range files {
		src, err := os.ReadFile(file)
		require.NoError(t, err)
		all.Write(src)
	}
	keys := "flow title note start states class lifetime languages segments on_keyword failed inputs returns anywhere tests " +
		"do say replies else timeout events go end branch split share call handoff group within done away " +
		"words choice show starts pattern min max if save tries after at hours event " +
		"issue offer redeem points add take vote poll draw game refer by lookup in for limit order reserve item " +
		"cart remove option clear load set language tag untag subscribe unsubscribe notify staff answers track webhook send"
	for _, key := range strings.Fields(keys) {
		assert.True(t, regexp.MustCompile(`[\s{\-]`+key+`:`).MatchString(all.String()), "`%s` is used by no flow", key)
	}
	for _, is := range strings.Fields("yes no number amount date time email phone postcode items any") {
		assert.True(t, strings.Contains(all.String(), "is: "+is), is)
	}
	for _, way := range []string{"go: again", "go: back", "subscribed()", "label(", "plural(", "date(", "weekday(", "start: {flow:"} {
		assert.True(t, strings.Contains(all.String(), way), way)
	}
}
