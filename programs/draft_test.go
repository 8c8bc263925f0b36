package programs_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/programs"
)

// TestDrafts: a draft is checked against the shop, and played in it.
func TestDrafts(t *testing.T) {
	t.Parallel()
	shop, problems := programs.Read(programs.Options{}, programs.Source{Name: "shop.yaml", Text: []byte(sound)})
	require.NoError(t, problems.Err())
	w := programs.NewWorkshop(shop)
	d := w.Draft("flow: hello\nstart: a\nstates:\n  a: {say: Bonjour, replies: [{is: yes, go: b}]}\n", "")
	assert.Nil(t, d.Flow)
	require.NotEmpty(t, d.Problems)
	assert.Equal(t, "hello", d.Name)
	d = w.Draft("flow: fresh\nstart: a\nstates:\n  a: {say: \"{{program.brand}}?\", replies: [{is: yes, end: completed}]}\n", "")
	require.NotNil(t, d.Flow, "%v", d.Problems)
	r := d.Flow.Rehearse(d.Options)
	m := r.Play("* start")
	require.Len(t, m.Said, 1, m.Problem)
	assert.Contains(t, m.Said[0].Text, "?")
	m = r.Play("> STOP")
	assert.Equal(t, "stop", m.Said[0].Standard)
	assert.NotEmpty(t, w.Programs("hello"))
	assert.Equal(t, "", w.Draft("- what", "").Name)
}
