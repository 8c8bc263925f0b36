package inbox

import (
	"context"
	"fmt"
	"slices"

	"repartee/dialogs"
	"repartee/sms"
)

// maxAsks is how often a step may ask.
const maxAsks = 8

// unit is what is decided about at once: an item, or one of the inputs that a
// wake found. When its conversations ask the transaction something, all that
// it did is undone; it comes again, with the answer, in the next round.
type unit struct {
	it      *item
	input   *Input   // nil: the item itself
	ids     []sms.ID // given to it, the same ones each time
	given   int
	steps   []*asked // what each of its steps has asked
	stepped int
}

// asked is what one step has asked so far, and been answered.
type asked struct {
	asks    []Ask
	answers []dialogs.Answer
}

// decide decides about everything, in rounds: what asks something waits, with
// all that follows it in its thread, for the answers to the whole round.
func (b *batch) decide(ctx context.Context, tx Tx) error {
	todo := b.units()
	for {
		if todo = b.round(todo); len(todo) == 0 {
			break
		}
		if err := b.answer(ctx, tx, todo); err != nil {
			return err
		}
	}
	if len(b.released) == 0 {
		return nil
	}
	return tx.Release(ctx, b.now, b.released)
}

// units lists what the items of the batch are about.
func (b *batch) units() []*unit {
	units := make([]*unit, 0, len(b.items))
	seen := map[sms.Thread]bool{}
	for _, it := range b.items {
		if it.inputs() && !seen[it.thread] {
			seen[it.thread] = true
			for _, in := range b.inputs[it.thread] {
				units = append(units, &unit{it: it, input: in})
				if it.single {
					break
				}
			}
		}
		units = append(units, &unit{it: it})
	}
	return units
}

// round decides about units, and returns those that come again.
func (b *batch) round(todo []*unit) (again []*unit) {
	asking := map[sms.Thread]bool{}
	for _, u := range todo {
		if asking[u.it.thread] || b.handle(u) {
			asking[u.it.thread] = true
			again = append(again, u)
		}
	}
	return again
}

// handle decides about one unit, and reports whether it has to come again with
// answers of the transaction. Whatever panics is that unit's alone.
func (b *batch) handle(u *unit) (again bool) {
	it := u.it
	b.unit, b.asking, u.given, u.stepped = u, false, 0, 0
	if b.unthreaded(it) {
		b.ignore(it)
		return false
	}
	if until, waits := b.waits[it.thread]; waits {
		b.wait(it, until)
		return false
	}
	t := b.threads[it.thread]
	if t == nil {
		b.in.metrics.locked.Inc()
		b.wait(it, b.now.Add(lockedRetry))
		return false
	}
	s := b.save(t)
	b.taking = taking{}
	defer func() {
		if p := recover(); p != nil {
			b.undo(t, s)
			b.forsake(u)
			b.failed(u, t, p)
			again = false
		}
	}()
	b.dispatch(u, t)
	if b.asking {
		b.undoAsking(t, s)
	}
	return b.asking
}

// dispatch decides about what a unit is.
func (b *batch) dispatch(u *unit, t *Thread) {
	switch it := u.it; {
	case u.input != nil:
		b.input(u.input, t)
	case it.inputs():
		b.inputsDone(it)
	case it.wake != nil:
		b.woken(it, t)
	default:
		b.mo(it, t)
	}
}

// answer has the transaction answer what the units ask.
func (b *batch) answer(ctx context.Context, tx Tx, units []*unit) error {
	var asks []Ask
	var of []*asked
	for _, u := range units {
		for _, s := range u.steps {
			if len(s.asks) > len(s.answers) {
				asks, of = append(asks, s.asks[len(s.answers)]), append(of, s)
			}
		}
	}
	answers, err := tx.Answer(ctx, b.now, asks)
	if err != nil {
		return err
	}
	if len(answers) != len(asks) {
		return fmt.Errorf("%d answers came to %d asks", len(answers), len(asks))
	}
	for i, s := range of {
		s.answers = append(s.answers, answers[i])
	}
	return nil
}

// id returns the next id of the unit under way.
func (b *batch) id() sms.ID {
	u := b.unit
	if u.given == len(u.ids) {
		u.ids = append(u.ids, b.in.IDs.Next(b.now))
	}
	u.given++
	return u.ids[u.given-1]
}

// run runs the conversations with what the transaction has answered so far. It
// reports false when they ask for more: the unit has to come again.
func (tu *turn) run(f *dialogs.Facts, in dialogs.Input) (dialogs.Result, bool) {
	u := tu.unit
	if u.stepped == len(u.steps) {
		u.steps = append(u.steps, &asked{})
	}
	s := u.steps[u.stepped]
	u.stepped++
	r := tu.in.step(*f, in, s.answers...)
	if r.Ask == nil {
		for _, i := range r.Released {
			tu.released = append(tu.released, s.asks[i])
		}
		return r, true
	}
	if len(s.asks) == maxAsks {
		panic("a step asks without end")
	}
	program := tu.code.Program
	if p := tu.snap.Program(r.Ask.Program); p != nil {
		program = p
	}
	s.asks = append(s.asks, Ask{ID: tu.in.IDs.Next(tu.now), Thread: tu.t.Key, Program: program.ID, Ask: r.Ask})
	tu.asking = true
	return r, false
}

// savepoint is what a batch was before a unit.
type savepoint struct {
	thread                                Thread
	sets                                  map[setKey]PartSet
	mark                                  writesMark
	said, stops, done, counted, releasing int
}

func (b *batch) save(t *Thread) savepoint {
	s := savepoint{thread: *t, mark: b.w.mark(), said: b.said(t), stops: len(b.stops), done: len(b.done), counted: len(b.counted), releasing: len(b.released)}
	for k, x := range b.sets {
		if k.thread == t.Key {
			if s.sets == nil {
				s.sets = map[setKey]PartSet{}
			}
			c := *x
			c.Parts = slices.Clone(x.Parts)
			s.sets[k] = c
		}
	}
	return s
}

// undo takes back what a unit decided.
func (b *batch) undo(t *Thread, s savepoint) {
	*t = s.thread
	b.w.reset(s.mark)
	b.stops, b.done, b.released = b.stops[:s.stops], b.done[:s.done], b.released[:s.releasing]
	b.unsay(t, s.said)
}

// undoAsking takes back a unit that comes again: also its part of a long MO,
// and its count as a turn.
func (b *batch) undoAsking(t *Thread, s savepoint) {
	b.undo(t, s)
	b.in.rates[b.shard].uncount(b.counted[s.counted:])
	b.counted = b.counted[:s.counted]
	for k, x := range b.sets {
		if k.thread != t.Key {
			continue
		}
		if was, there := s.sets[k]; there {
			*x = was
		} else {
			delete(b.sets, k)
		}
	}
}

// forsake gives back all that a unit was answered and has not given back itself.
func (b *batch) forsake(u *unit) {
	for _, s := range u.steps {
		for _, a := range s.asks[:len(s.answers)] {
			if !slices.ContainsFunc(b.released, func(r Ask) bool { return r.ID == a.ID }) {
				b.released = append(b.released, a)
			}
		}
	}
}
