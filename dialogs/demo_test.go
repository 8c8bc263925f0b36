package dialogs_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

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
	case "stop", "STOP", "cancel", "CANCEL", "annuler", "arret", "end", "quit":
		return "an opt-out word"
	case "help", "aide", "info":
		return "a help word"
	}
	return ""
}

func TestDemoFlows(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"free-meal", "pizza-order"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join("..", "demo", "flows", name+".yaml")
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			env, program := roma(t)
			flow, problems := dialogs.Load(file, src, env)
			for _, p := range problems {
				t.Error(p)
			}
			if flow == nil {
				t.FailNow()
			}
			n, failures := flow.RunTests(dialogs.TestOptions{Program: program, File: file})
			for _, f := range failures {
				t.Error(f)
			}
			if n < 4 {
				t.Errorf("%d golden conversations", n)
			}
		})
	}
}
