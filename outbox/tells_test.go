package outbox

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/programs"
	"repartee/sms"
)

// tellStore is a TellStore.
type tellStore struct {
	open   []Tell
	busy   map[sms.Thread]bool
	phones []sms.MSISDN
	told   []sms.Outbound
	task   *Task
	done   []sms.ID
	fail   error // of the next Told
}

func (s *tellStore) OpenTells(context.Context, int) ([]Tell, error) { return s.open, nil }

func (s *tellStore) NewTask(context.Context, []sms.Thread) (int16, map[sms.Thread]bool, error) {
	return 41, s.busy, nil
}

func (s *tellStore) TaskPhones(context.Context, sms.ID) ([]sms.MSISDN, error) { return s.phones, nil }

func (s *tellStore) Told(_ context.Context, t *Tell, ms []sms.Outbound, task *Task) error {
	if s.fail != nil {
		err := s.fail
		s.fail = nil
		return err
	}
	s.done, s.told, s.task = append(s.done, t.ID), append(s.told, ms...), task
	return nil
}

const lucie, marc = 33600000011, 33600000012

// tellingOutbox is an outbox with a program that has two hosts.
func tellingOutbox(t *testing.T) *Outbox {
	shop, problems := programs.Read(programs.Options{}, programs.Source{Name: "shop.yaml", Text: []byte(`
carriers: [{name: peer, addr: "127.0.0.1:2775", system_id: shop}]
programs: [{name: casino, brand: Casino, contact: "0800 111 222", country: FR, languages: [fr], time_zone: Europe/Paris, staff: {hosts: ["33600000011", "33600000012"]}}]
short_codes: [{number: 36111, country: FR, carriers: [peer], program: casino}]
`)})
	require.NoError(t, problems.Err())
	shop = programs.Merge(&programs.Shop{}, shop)
	shop.Carriers[0].ID, shop.Programs[0].ID = 1, 1
	snap, problems := programs.Compile(shop, programs.DefaultRules(), &programs.Flows{})
	require.NoError(t, problems.Err())
	return New(Options{Store: newMemory(), IDs: sms.NewIDs(0, 0), Node: 7, Clock: func() time.Time { return noon }, Config: func() *programs.Snapshot { return snap }})
}

// A question goes to each phone of the group; the one that has others gets its
// number. A store that fails leaves the tell open, and it is performed again.
func TestQuestionToStaff(t *testing.T) {
	t.Parallel()
	o := tellingOutbox(t)
	s := &tellStore{
		open: []Tell{{ID: 9, At: noon, Kind: "notify", Thread: sms.Thread{Phone: 33600000001, Code: 36111}, Program: "casino", Talk: 5, Data: map[string]any{
			"staff": "hosts", "text": "Place B4 ?", "program": "casino", "flow": "lunch", "version": 2.0, "notice": "accepted.1", "language": "fr",
		}}},
		busy: map[sms.Thread]bool{{Phone: marc, Code: 36111}: true},
		fail: errors.New("away"),
	}
	_, err := o.PerformTells(t.Context(), s)
	require.Error(t, err)
	require.Empty(t, s.told)
	n, err := o.PerformTells(t.Context(), s)
	require.NoError(t, err)
	assert.Equal(t, 1, n)
	assert.Equal(t, &Task{Number: 41, Group: "hosts", Flow: "lunch", Version: 2, Notice: "accepted.1", Language: "fr"}, s.task)
	var texts []string
	for _, m := range s.told {
		texts = append(texts, m.To.String()+" "+m.Text+" "+m.Class.String())
	}
	assert.Equal(t, []string{"33600000011 Place B4 ? transactional", "33600000012 41: Place B4 ? transactional"}, texts)
}

// The others of the group are told that somebody was quicker; a notice without
// an answer asks no task; what cannot be read does not hold up the rest.
func TestOtherTells(t *testing.T) {
	t.Parallel()
	o := tellingOutbox(t)
	thread := sms.Thread{Phone: 33600000001, Code: 36111}
	s := &tellStore{
		open: []Tell{
			{ID: 1, Kind: "task-closed", Thread: thread, Program: "casino", Data: map[string]any{"task": "what"}},
			{ID: 2, Kind: "task-closed", Thread: thread, Program: "casino", Data: map[string]any{"task": "9", "by": "33600000011", "language": "fr"}},
			{ID: 3, Kind: "notify", Thread: thread, Program: "casino", Data: map[string]any{"staff": "hosts", "text": "Bonjour"}},
			{ID: 4, Kind: "notify", Thread: thread, Program: "gone", Data: map[string]any{"staff": "hosts", "text": "Bonjour"}},
			{ID: 5, Kind: "notify", Thread: thread, Program: "casino", Data: map[string]any{"staff": "nobody", "text": "Bonjour"}},
		},
		phones: []sms.MSISDN{lucie, marc},
	}
	n, err := o.PerformTells(t.Context(), s)
	require.NoError(t, err)
	assert.Equal(t, 5, n)
	assert.Equal(t, []sms.ID{1, 2, 3, 4, 5}, s.done)
	assert.Nil(t, s.task)
	var texts []string
	for _, m := range s.told {
		texts = append(texts, m.To.String()+" "+m.Text)
	}
	assert.Equal(t, []string{"33600000012 Casino: déjà pris en charge, merci.", "33600000011 Bonjour", "33600000012 Bonjour"}, texts)
}
