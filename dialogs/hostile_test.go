package dialogs_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"repartee/dialogs"
)

// TestLargeFiles: a file of the largest size takes no longer than its size
// deserves, whatever is in it.
func TestLargeFiles(t *testing.T) {
	t.Parallel()
	const size = 250 << 10
	fill := func(head, piece, tail string) string {
		return head + strings.Repeat(piece, (size-len(head)-len(tail))/len(piece)) + tail
	}
	var keys, states, nested strings.Builder
	for i := 0; keys.Len() < size-20; i++ {
		fmt.Fprintf(&keys, "k%d: v\n", i)
	}
	states.WriteString("flow: f\nstart: s0\nstates:\n")
	for i := 0; i < 300; i++ {
		fmt.Fprintf(&states, "  s%d: {say: \"{{n1 ?? 0}} {{w2 ?? w3 ?? ''}} {{contact.first_name ?? 'x'}}\", replies: [{is: number, save: n%d, go: s%d}, {words: [a%d, b, c], save: w%d, go: s%d}, {is: any, save: x%d, go: s%d}]}\n", i, i%20, (i+1)%300, i, i%29, (i*7)%300, i%50, (i*13)%300)
	}
	for i := 0; nested.Len() < size-800; i++ {
		nested.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	env, _ := roma(t)
	for name, src := range map[string]string{
		"same key":    fill("", "a: b\n", ""),
		"many keys":   keys.String(),
		"flow map":    fill("flow: {", "a: a, ", "a: a}"),
		"map lines":   fill("flow: {", "a: a,\n ", "a: a}"),
		"one list":    fill("flow: [", "a, ", "a]"),
		"dashes":      fill("flow:\n", "- ", "a"),
		"list lines":  fill("flow:\n", "- a\n", ""),
		"quoted":      fill(`flow: "`, `\n`, `"`),
		"open braces": fill("flow: ", "{", ""),
		"block text":  fill("flow: |\n", "  line\n", ""),
		"plain lines": fill("flow: a\n", "  line\n", ""),
		"comments":    fill("", "# x\n", "flow: f\n"),
		"questions":   fill("", "? a\n", ""),
		"nested":      nested.String(),
		"300 states":  states.String(),
		"tests":       fill("flow: f\nstart: a\nstates: {a: {end: x}}\ntests: |\n", "  > a\n", ""),
		"template":    fill("flow: f\nstart: a\nsegments: 10\nstates: {a: {end: x, say: \"", "{{n}}", "\"}}\n"),
		"colons":      fill("a", ": a", ""),
		"newlines":    fill("a: b", "\n", ""),
		"spaces":      fill("a: b", " ", "\n"),
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			_, problems := dialogs.Load("f.yaml", []byte(src), env)
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("%v, %d problems", took, len(problems))
			}
			if name == "300 states" && len(problems) > 0 {
				t.Error(problems)
			}
			if len(problems) > 201 {
				t.Errorf("%d problems", len(problems))
			}
		})
	}
}
