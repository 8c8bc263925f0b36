package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFlowCommands(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		return file
	}
	ask := func(args ...string) (out, errs string, code int) {
		var o, e bytes.Buffer
		code = run(append([]string{"flow"}, args...), &o, &e)
		return o.String(), e.String(), code
	}
	demo, err := filepath.Glob("../../demo/flows/*.yaml")
	require.NoError(t, err)
	out, errs, code := ask(append([]string{"check"}, demo...)...)
	assert.Equal(t, exitOK, code, errs)
	assert.Empty(t, errs)
	assert.Contains(t, out, "quiz.yaml: flow quiz, 4 states, fr, en\n")
	out, errs, code = ask(append([]string{"test"}, demo...)...)
	assert.Equal(t, exitOK, code, out+errs)
	assert.Contains(t, out, "golden conversations\n")

	good := write("good.yaml", "flow: good\nstart: a\nstates: {a: {say: Hello, end: done}}\ntests: |\n  == hello\n  * start\n  < Hello\n")
	write("good.chat", "== more\n* start\n< Bye\n")
	out, errs, code = ask("test", good)
	assert.Equal(t, exitFailure, code)
	assert.Contains(t, out, "good.chat:3: more: expected \"Bye\", got \"Hello\"")
	assert.Contains(t, errs, "2 golden conversations played, and 1 lines did not come true")
	out, _, code = ask("show", good)
	assert.Equal(t, exitOK, code)
	assert.Contains(t, out, "stateDiagram-v2")

	big := write("big.yaml", "flow: big\nstart: a\nstates:\n  a: {say: {fr: \"Bientôt {{contact.first_name}}\", en: Soon}, end: done}\n")
	out, errs, code = ask("check", "--texts", big)
	assert.Equal(t, exitOK, code, errs)
	assert.Regexp(t, `(?m)^4:17 +a +fr +1 +48 +UCS-2 for 'ô'$`, out)
	assert.Regexp(t, `(?m)^4:55 +a +en +1 +4 +GSM 03.38$`, out)

	bad := write("bad.yaml", "flow: bad\nstart: a\nstates: {a: {go: b}}\n")
	_, errs, code = ask("check", good, bad)
	assert.Equal(t, exitFailure, code)
	assert.Contains(t, errs, "bad.yaml:3:18: `b` is not a state")
	assert.Contains(t, errs, "1 of 2 flow files have errors")
	_, errs, code = ask("check", filepath.Join(dir, "none.yaml"))
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, errs, "none.yaml")
	_, errs, code = ask("check", "--time-zone", "Mars", good)
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, errs, "is no time zone")
}
