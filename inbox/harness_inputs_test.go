package inbox

import (
	"context"
	"slices"
	"time"

	"repartee/dialogs"
	"repartee/sms"
)

// extras are what the memory store knows beside texts.
type extras struct {
	inputs   []Input // in the order of their ids
	lastID   int64
	tasks    map[sms.Thread][]dialogs.Task
	answer   func(round int, asks []Ask) []dialogs.Answer
	rounds   [][]Ask
	released []Ask
}

// push is what commands do.
func (s *memory) push(in Input, err error) {
	if err != nil {
		panic(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(in)
}

func (s *memory) add(in Input) {
	for _, x := range s.inputs {
		if in.Key != "" && x.Key == in.Key && x.Thread == in.Thread {
			return
		}
	}
	s.lastID++
	in.ID = s.lastID
	s.inputs = append(s.inputs, in)
	s.wakes[Wake{Due: in.At, Thread: in.Thread, Kind: WakeInputs}] = true
}

// written does to the inputs what a committed batch wants.
func (s *memory) written(w *Writes) {
	s.inputs = slices.DeleteFunc(s.inputs, func(x Input) bool { return slices.Contains(w.InputsDone, x.ID) })
	for _, x := range w.Inputs {
		s.add(x)
	}
	for _, x := range w.InputsLater {
		s.putOff(&x, x.At)
	}
}

func (s *memory) putOff(in *Input, until time.Time) {
	for i := range s.inputs {
		if s.inputs[i].ID == in.ID {
			s.inputs[i].At = until
			s.wakes[Wake{Due: until, Thread: in.Thread, Kind: WakeInputs}] = true
		}
	}
}

func (tx memoryTx) Inputs(_ context.Context, now time.Time, threads []sms.Thread) (due []Input, _ error) {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	for _, x := range tx.inputs {
		if slices.Contains(threads, x.Thread) && !x.At.After(now) {
			due = append(due, x)
		}
	}
	return due, nil
}

func (tx memoryTx) Tasks(context.Context, []sms.Thread) (map[sms.Thread][]dialogs.Task, error) {
	return tx.tasks, nil
}

func (tx memoryTx) Answer(_ context.Context, _ time.Time, asks []Ask) ([]dialogs.Answer, error) {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	tx.rounds = append(tx.rounds, asks)
	return tx.answer(len(tx.rounds), asks), nil
}

func (tx memoryTx) Release(_ context.Context, _ time.Time, asks []Ask) error {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	tx.released = append(tx.released, asks...)
	return nil
}
