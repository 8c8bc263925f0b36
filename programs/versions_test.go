package programs_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"repartee/dialogs"
	"repartee/programs"
)

const versioned = `flow: hello
class: transactional
languages: [en]
start: ask
states:
  ask: {say: "Name?", replies: [{is: any, save: who, go: sure}]}
  sure: {say: "{{who}}?", replies: [{is: yes, end: done}, {words: [bye], go: gone}]}
  gone: {say: "Bye.", replies: [{is: yes, end: done}]}
`

func TestDecideAboutOpenConversations(t *testing.T) {
	t.Parallel()
	next := strings.NewReplacer(`{say: "{{who}}?"`, `{note: softer, say: "{{who}}, right?"`, ", {words: [bye], go: gone}", "", "  gone: {say: \"Bye.\", replies: [{is: yes, end: done}]}\n", "",
		"start: ask\n", "start: ask # the first\n").Replace(versioned)
	made, problems := dialogs.Load("f", []byte(next), dialogs.Env{Languages: []string{"en"}, Version: 2})
	require.NotNil(t, made, problems)
	talks := programs.OpenTalks{Sources: map[int]string{1: versioned}, At: []programs.OpenAt{
		{Version: 1, State: "ask", Count: 5}, {Version: 1, State: "sure", Saved: []string{"who"}, Count: 2}, {Version: 1, State: "gone", Count: 1},
	}}
	for _, c := range []struct {
		open   programs.Open
		failed bool
		texts  []string
	}{
		{programs.Open{}, true, []string{"3 open conversations stand at states that version 2 changes or lacks (gone 1, sure 2) and nothing says"}},
		{programs.Open{Policy: "finish"}, false, []string{"they finish on their version"}},
		{programs.Open{Policy: "end", End: "Bye"}, false, []string{"end with a text"}},
		{programs.Open{Policy: "move", Move: map[string]string{"gone": "sure"}}, false, []string{"they move", "1 open conversation stands at `gone` of version 1 and cannot move: `sure` may read `who`"}},
		{programs.Open{Policy: "move"}, false, []string{"they move", "`gone` is not a state of the new version"}},
	} {
		f := &programs.Flow{Name: "hello", Version: 2, Source: next, Open: c.open}
		problems := talks.Decide(f, made)
		require.Equal(t, c.failed, problems.Failed(), c.open)
		require.Len(t, problems, len(c.texts), c.open)
		for i, want := range c.texts {
			require.Contains(t, problems[i].Text, want)
		}
	}
	require.Empty(t, talks.Decide(&programs.Flow{Name: "hello", Version: 2, Source: versioned + "# a comment\n"}, made), "no state has changed")
}
