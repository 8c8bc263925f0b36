package programs

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"repartee/dialogs"
	"repartee/optout"
)

// Flows keeps compiled flow versions from one [Snapshot] to the next, so that
// a change of one keyword does not compile every flow again, and conversations
// on older versions go on. It is for stored versions only: whoever checks a
// file does it with Flows of its own. It is safe for concurrent use; its zero
// value is ready.
type Flows struct {
	mu       sync.RWMutex
	compiled map[flowKey]compiledFlow
}

type flowKey struct {
	name    string
	version int
}

// compiledFlow is a flow and the digest of what it was compiled from.
type compiledFlow struct {
	flow   *dialogs.Flow
	digest [sha256.Size]byte
}

func (fs *Flows) get(k flowKey) compiledFlow {
	fs.mu.RLock()
	defer fs.mu.RUnlock()
	return fs.compiled[k]
}

func (fs *Flows) put(k flowKey, c compiledFlow) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if fs.compiled == nil {
		fs.compiled = map[flowKey]compiledFlow{}
	}
	fs.compiled[k] = c
}

// loadFlow compiles a flow. Problems come with the positions of the file that
// the flow stands in.
func loadFlow(f *Flow, env dialogs.Env) (*dialogs.Flow, Problems) {
	env.Version = f.Version
	flow, found := dialogs.Load(f.Name, []byte(f.Source), env)
	problems := make(Problems, 0, len(found))
	for _, p := range found {
		if p.Warning && f.position() == nil {
			continue // said when it was applied
		}
		at := Position{File: f.File, Line: p.Line + f.lines, Column: p.Column + f.columns}
		if f.File == "" {
			at.File = "flow " + f.Name
		}
		problems = append(problems, Problem{At: at, Text: p.Text, Hint: p.Hint, Warning: p.Warning})
	}
	return flow, problems
}

// digestOf names what a compiled flow depends on.
func digestOf(f *Flow, env dialogs.Env) [sha256.Size]byte {
	zone := ""
	if env.Zone != nil {
		zone = env.Zone.String()
	}
	return sha256.Sum256(fmt.Appendf(nil, "%q %v %v %q", []string{
		f.Source, strings.Join(env.Languages, ","), env.Country, env.Currency, zone, strings.Join(env.Staff, ","),
	}, env.Fields, env.Offers, env.Items))
}

// users returns the programs that a flow is checked against: those that use it,
// else the first of the shop.
func (c *compiler) users(flow string) []*Program {
	users := c.usersOf(flow)
	if len(users) == 0 && len(c.shop.Programs) > 0 {
		users = c.shop.Programs[:1]
	}
	return users
}

// usersOf returns the programs whose keywords start a flow or whose short codes
// fall back to it.
func (c *compiler) usersOf(flow string) []*Program {
	var users []*Program
	for _, p := range c.shop.Programs {
		uses := func(k *Keyword) bool { return k.Flow == flow && k.Program == p.Name }
		falls := func(code *ShortCode) bool { return code.Fallback == flow && code.Program == p.Name }
		if c.snapshot.programs[p.Name] != nil && (slices.ContainsFunc(c.shop.Keywords, uses) || slices.ContainsFunc(c.shop.ShortCodes, falls)) {
			users = append(users, p)
		}
	}
	return users
}

func (c *compiler) env(p *Program) dialogs.Env {
	env := dialogs.Env{
		Languages: p.Languages,
		Reserved:  func(word string) string { return c.rules.ReservedAnswer(word, p.Languages) },
		Country:   p.Country,
		Currency:  p.Currency,
		Zone:      p.Zone,
		Staff:     sortedKeys(p.Staff),
		Webhooks:  append([]string{}, sortedKeys(c.snapshot.Webhooks)...), // nil would allow any
		Fields:    c.shop.fieldTypes(),
		Offers:    map[string]dialogs.OfferSize{},
		Polls:     []string{},
		Games:     []string{},
	}
	for _, o := range c.shop.Offers {
		if o.Program == p.Name {
			env.Offers[o.Name] = o.size()
		}
	}
	for _, poll := range c.shop.Polls {
		if poll.Program == p.Name {
			env.Polls = append(env.Polls, poll.Name)
		}
	}
	for _, game := range c.shop.Games {
		if game.Program == p.Name {
			env.Games = append(env.Games, game.Name)
		}
	}
	for _, cat := range c.shop.Catalogues {
		if cat.Program == p.Name {
			env.Items = itemNames(cat.Items)
		}
	}
	for _, other := range c.shop.Programs {
		env.Programs = append(env.Programs, other.Name)
	}
	if c.known != nil {
		env.Flow = func(name string) *dialogs.Signature { return c.known[name] }
	}
	return env
}

// compileFlow checks a flow against every program that uses it and keeps the
// one compiled for the first.
func (c *compiler) compileFlow(f *Flow) {
	users := c.users(f.Name)
	if len(users) == 0 {
		c.fail(f, "", "add a program to the file", "flow %s: there is no program that it could belong to", f.Name)
		return
	}
	env := c.env(users[0])
	c.snapshot.envs[f.Name] = env
	key, digest := flowKey{name: f.Name, version: f.Version}, digestOf(f, env)
	known := c.snapshot.flows.get(key)
	if known.flow == nil || known.digest != digest || f.position() != nil {
		known = compiledFlow{flow: c.checkFlow(f, users), digest: digest}
	}
	if known.flow == nil {
		return
	}
	c.checkMoves(f, known.flow)
	c.snapshot.flows.put(key, known)
	c.snapshot.newest[f.Name] = known.flow
	c.usePinned(f, env)
}

// usePinned lets new conversations begin on the version that a flow is pinned
// to; while a file is checked, the version of the file counts.
func (c *compiler) usePinned(f *Flow, env dialogs.Env) {
	if f.Pinned == 0 || f.position() != nil {
		return
	}
	pinned := &Flow{Name: f.Name, Version: f.Pinned, Source: f.PinnedSource}
	key, digest := flowKey{name: f.Name, version: f.Pinned}, digestOf(pinned, env)
	known := c.snapshot.flows.get(key)
	if known.flow == nil || known.digest != digest {
		flow, problems := loadFlow(pinned, env)
		c.problems = append(c.problems, problems...)
		known = compiledFlow{flow: flow, digest: digest}
	}
	if known.flow != nil {
		c.snapshot.flows.put(key, known)
		c.snapshot.newest[f.Name] = known.flow
	}
}

// checkMoves finds states that conversations are to move to and that are not
// there.
func (c *compiler) checkMoves(f *Flow, flow *dialogs.Flow) {
	if f.position() == nil {
		return
	}
	for _, old := range sortedKeys(f.Open.Move) {
		if to := f.Open.Move[old]; !slices.Contains(flow.States(), to) {
			c.fail(f, "open", "its states: "+strings.Join(flow.States(), ", "), "flow %s: `open`: `%s` is not a state of the new version", f.Name, to)
		}
	}
}

// readSignatures reads the flows as others see them, for those that call or
// start them.
func (c *compiler) readSignatures() map[string]*dialogs.Signature {
	found := make(map[string]*dialogs.Signature, len(c.shop.Flows))
	for _, f := range c.shop.Flows {
		found[f.Name] = &dialogs.Signature{} // there, whatever is wrong with it
		if users := c.users(f.Name); len(users) > 0 {
			if flow, _ := loadFlow(f, c.env(users[0])); flow != nil {
				found[f.Name] = flow.Signature()
			}
		}
	}
	return found
}

func (c *compiler) checkFlow(f *Flow, users []*Program) (first *dialogs.Flow) {
	failed := false
	for i, p := range users {
		flow, problems := loadFlow(f, c.env(p))
		c.problems = append(c.problems, problems...)
		failed = failed || problems.Failed()
		if i == 0 {
			first = flow
		}
	}
	if failed {
		return nil
	}
	return first
}

// runTests plays the golden conversations of a flow that comes from a file: a
// version is not published while one of them fails. Flows that it calls are the
// shop's.
func (c *compiler) runTests(f *Flow) {
	flow, users := c.snapshot.newest[f.Name], c.users(f.Name)
	if f.position() == nil || flow == nil {
		return
	}
	_, failures := flow.RunTests(c.testOptions(f.File, users[0]))
	for _, failure := range failures {
		at := Position{File: f.File, Line: failure.Line + f.lines, Column: 1 + f.columns}
		c.problems = append(c.problems, Problem{At: at, Text: "golden conversation `" + failure.Test + "`: " + failure.Text})
	}
	if len(failures) > 0 {
		delete(c.snapshot.newest, f.Name)
	}
}

// testOptions are the world of golden conversations in a program.
func (c *compiler) testOptions(file string, p *Program) dialogs.TestOptions {
	return dialogs.TestOptions{
		File: file, Flows: c.snapshot.newest, Standard: StandardAnswer, HeldUntil: heldUntil(c.snapshot.hours[p.ID]),
		Program: dialogs.Program{
			Name: p.Name, Brand: p.Brand, Contact: p.Contact, Country: p.Country, Currency: p.Currency, Languages: p.Languages, Zone: p.Zone,
			Catalogue: p.Menu, Postcodes: p.Postcodes,
		},
	}
}

// heldUntil holds marketing to a phone until the hours in which the gate lets
// it pass.
func heldUntil(hours *optout.Hours) func(dialogs.Contact, time.Time) time.Time {
	return func(c dialogs.Contact, now time.Time) time.Time {
		return optout.HeldUntil(optout.Facts{To: c.MSISDN, Country: c.Country, Zone: c.TimeZone, Hours: hours}, now)
	}
}

// StandardAnswer names the standard answer that a text gets before any
// conversation sees it: stop, help, start, or none.
func StandardAnswer(text string, languages []string, dialog bool) string {
	switch optout.Classify(text, optout.Context{Languages: languages, Dialog: dialog}).Kind {
	case optout.OptOut:
		return "stop"
	case optout.Help:
		return "help"
	case optout.OptIn:
		return "start"
	}
	return ""
}
