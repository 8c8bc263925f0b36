package dialogs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repartee/dialogs"
)

// TestDocumentation loads every example of docs/flows.md and runs its tests.
func TestDocumentation(t *testing.T) {
	t.Parallel()
	file := filepath.Join("..", "docs", "flows.md")
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	env, program := roma(t)
	program.Country, env.Country = "FR", "FR"
	blocks, before, flows := 0, "", map[string]*dialogs.Flow{} // an example may call one before it
	for i, part := range strings.Split(string(b), "```") {
		src, yaml := strings.CutPrefix(part, "yaml\n")
		line := strings.Count(before, "\n") + 2
		before += part
		if i%2 == 0 || !yaml {
			continue
		}
		blocks++
		flow, problems := dialogs.Load(file, []byte(src), env)
		for _, p := range problems {
			p.Line += line - 1
			t.Error(p)
		}
		if flow == nil {
			continue
		}
		flows[flow.Name] = flow
		n, failures := flow.RunTests(dialogs.TestOptions{Program: program, Flows: flows, File: file, Line: line + flow.TestsLine})
		for _, f := range failures {
			t.Error(f)
		}
		if n == 0 {
			t.Errorf("%s:%d: the example of flow %s has no test", file, line, flow.Name)
		}
	}
	if blocks < 12 {
		t.Errorf("%d examples", blocks)
	}
}
