package inbox

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"repartee/dialogs"
	"repartee/sms"
)

// StartData is the data of an [InputStart]. Language, Place and Program are
// what a keyword would have given. Promotes says that nobody asked for it: what
// it says at once passes the gate as marketing.
type StartData struct {
	dialogs.Start
	Inputs    dialogs.Values `json:",omitempty"` // over those of Start: JSON keeps their kinds
	Language  string         `json:",omitempty"`
	Place     string         `json:",omitempty"`
	Program   string         `json:",omitempty"`
	Promotes  bool           `json:",omitempty"`
	DropQuiet bool           `json:",omitempty"` // what it says at once is refused, not held, when the hours are closed
}

// NewInput makes an input of one of the kinds whose data is known here:
// [StartData], [ConsentData], [dialogs.Event], [dialogs.Called], [dialogs.Person] or
// [dialogs.Published].
func NewInput(t sms.Thread, key string, data any, at time.Time) (Input, error) {
	in := Input{Thread: t, Key: key, At: at}
	switch data.(type) {
	case StartData:
		in.Kind = InputStart
	case dialogs.Event:
		in.Kind = InputEvent
	case dialogs.Called:
		in.Kind = InputCalled
	case dialogs.Person:
		in.Kind = InputPerson
	case dialogs.Published:
		in.Kind = InputPublished
	case ConsentData:
		in.Kind = InputConsent
	default:
		return in, fmt.Errorf("%T is not the data of an input", data)
	}
	var err error
	in.Data, err = json.Marshal(data)
	return in, err
}

// inputs reports whether the item is about the inputs of its thread.
func (it *item) inputs() bool { return it.wake != nil && it.wake.Kind == WakeInputs }

// loadInputs reads what the threads have to deal with.
func (b *batch) loadInputs(ctx context.Context, tx Tx) error {
	var threads []sms.Thread
	for _, it := range b.items {
		if it.inputs() && b.threads[it.thread] != nil {
			threads = append(threads, it.thread)
		}
	}
	if len(threads) == 0 {
		return nil
	}
	all, err := tx.Inputs(ctx, b.now, threads)
	b.inputs = map[sms.Thread][]*Input{}
	for i := range all {
		b.inputs[all[i].Thread] = append(b.inputs[all[i].Thread], &all[i])
	}
	return err
}

// inputsDone ends a wake for inputs. When only one of several was handled, the
// wake stays and the item comes again.
func (b *batch) inputsDone(it *item) {
	if it.single && len(b.inputs[it.thread]) > 1 {
		b.wait(it, b.now)
		return
	}
	b.w.WakesDone = append(b.w.WakesDone, *it.wake)
}

// input handles one input under the lock of its thread.
func (b *batch) input(in *Input, t *Thread) {
	b.w.InputsDone = append(b.w.InputsDone, in.ID)
	b.touch(t)
	code := b.snap.Codes[t.Key.Code]
	if code == nil {
		b.in.warnCode(t.Key.Code)
		return
	}
	t.Turn++
	tu := &turn{batch: b, t: t, code: code}
	tu.event("input", "", 0, map[string]any{"turn": t.Turn, "input": string(in.Kind)}, false)
	handle := inputKinds[in.Kind]
	if handle == nil {
		panic("an input is of no known kind: " + string(in.Kind))
	}
	if err := handle(tu, in.Data); err != nil {
		panic(fmt.Sprintf("an input %s cannot be read: %v", in.Kind, err))
	}
}

// inputKinds says what each kind of input does; what fails is put off.
var inputKinds = map[InputKind]func(tu *turn, data []byte) error{
	InputStart:     (*turn).started,
	InputEvent:     stepped[dialogs.Event],
	InputCalled:    stepped[dialogs.Called],
	InputPerson:    stepped[dialogs.Person],
	InputPublished: stepped[dialogs.Published],
	InputConsent:   (*turn).consentChanged,
}

// stepped gives an input to the conversations as it is.
func stepped[T dialogs.Input](tu *turn, data []byte) error {
	var in T
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	tu.step(tu.facts(), in)
	return nil
}

// started begins a conversation that the phone did not ask for.
func (tu *turn) started(data []byte) error {
	var s StartData
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	f := tu.facts()
	if s.Language != "" || s.Place != "" || s.Program != "" {
		f.Route = &dialogs.Route{Flow: s.Flow, Program: s.Program, Language: s.Language, Place: s.Place}
	}
	tu.promotes, tu.dropQuiet, tu.starting = s.Promotes, s.DropQuiet, true
	s.Start.Inputs = s.Inputs
	tu.step(f, s.Start)
	return nil
}

// push gives this or another thread an input, from the moment on.
func (tu *turn) push(t sms.Thread, key string, data any, at time.Time) {
	in, err := NewInput(t, key, data, at)
	if err != nil {
		panic(err) // all data that comes here is one of those types, made of JSON
	}
	tu.w.Inputs = append(tu.w.Inputs, in)
}
