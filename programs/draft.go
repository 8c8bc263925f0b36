package programs

import (
	"encoding/json"
	"slices"

	"repartee/dialogs"
	"repartee/sms"
)

// Workshop checks and plays drafts of flows against a configuration. It is
// immutable and safe for concurrent use.
type Workshop struct{ c *compiler }

// NewWorkshop compiles a shop for drafts. The shop must not be changed any more.
func NewWorkshop(shop *Shop) *Workshop {
	c := newCompiler(shop, DefaultRules(), &Flows{})
	c.compileBase()
	c.known = c.readSignatures()
	for _, flow := range shop.Flows {
		c.compileFlow(flow)
	}
	return &Workshop{c}
}

// Draft is a flow as somebody is writing it. Flow is nil while it has errors.
type Draft struct {
	Name     string
	Flow     *dialogs.Flow
	Problems dialogs.Problems
	// Options are the world that its rehearsals and golden conversations run in.
	Options dialogs.TestOptions

	program *Program
	code    sms.ShortCode
}

// Price is what a segment costs, in a currency; 0 where nobody has said.
func (d *Draft) Price() (amount float64, currency string) {
	if d.program == nil {
		return 0, ""
	}
	return d.program.Price, d.program.Currency
}

// Answer is the program's standard answer of that name in a language.
func (d *Draft) Answer(name, language string) string {
	return d.program.Answer(d.code, name, language)
}

// Draft checks a source against a program; empty: the first that uses the flow.
func (w *Workshop) Draft(source, program string) Draft {
	d := Draft{Name: dialogs.NameOf([]byte(source))}
	p := w.c.snapshot.programs[program]
	if p == nil {
		users := w.c.users(d.Name)
		if len(users) == 0 {
			d.Problems = dialogs.Problems{{File: "draft", Line: 1, Column: 1, Text: "there is no program that the flow could belong to", Hint: "make a program first"}}
			return d
		}
		p = users[0]
	}
	d.program = p
	for _, code := range w.c.shop.ShortCodes {
		if d.code == 0 && code.Program == p.Name {
			d.code = code.Number
		}
	}
	env := w.c.env(p)
	d.Flow, d.Problems = dialogs.Load("draft", []byte(source), env)
	if d.Flow != nil { // again, with what others see of it: it may call itself
		signature := d.Flow.Signature()
		env.Flow = func(name string) *dialogs.Signature {
			if name == d.Name {
				return signature
			}
			return w.c.known[name]
		}
		d.Flow, d.Problems = dialogs.Load("draft", []byte(source), env)
	}
	d.Options = w.c.testOptions("draft", p)
	return d
}

// Programs lists the programs that use a flow by keyword or as a fallback.
func (w *Workshop) Programs(flow string) []string {
	var names []string
	for _, p := range w.c.usersOf(flow) {
		names = append(names, p.Name)
	}
	slices.Sort(names)
	return names
}

// Words are what a phone texts to begin a flow; lines are those of golden
// conversations that make them known, one for each.
func (w *Workshop) Words(flow string) (words, lines []string) {
	for _, k := range w.c.shop.Keywords {
		if k.Flow != flow {
			continue
		}
		inputs, _ := json.Marshal(k.Inputs) // a map of texts
		for _, word := range append([]string{k.Word}, k.Aliases...) {
			line := "$ keyword " + word
			if len(k.Inputs) > 0 {
				line += " " + string(inputs)
			}
			if k.Place != "" {
				line += " place=" + k.Place
			}
			if k.Language != "" {
				line += " language=" + k.Language
			}
			words, lines = append(words, word), append(lines, line)
		}
	}
	return words, lines
}
