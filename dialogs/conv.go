package dialogs

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// conv is a conversation at work in a turn: the stored value, its flow, and
// what a turn needs to print and evaluate.
type conv struct {
	Talk
	flow    *Flow
	st      *state
	program *Program
	now     time.Time // in the program's zone
	lang    int
	speaker *speaker
	env     map[string]any
	reads   map[string]bool // the names that its expressions read
	args    string          // of the keyword, until the first waiting state took them
	spoke   string          // its language when the turn began
	over    bool
	failing bool
	serial  int        // of effects
	spelled []spelling // the catalogue, for this turn

	subscribed func(program string) bool
}

// open finds the flow and state of a stored conversation.
func (t *turn) open(c *conv) error {
	if c.flow != nil {
		return nil
	}
	c.flow = t.f.Flow(c.Flow, c.Version)
	if c.flow == nil {
		return fmt.Errorf("flow %s version %d is not there", c.Flow, c.Version)
	}
	if c.State != "" {
		if c.st = c.flow.byName[c.State]; c.st == nil {
			return fmt.Errorf("flow %s version %d has no state %s", c.Flow, c.Version, c.State)
		}
	}
	t.place(c)
	return nil
}

// place gives a conversation its program, zone and language.
func (t *turn) place(c *conv) {
	c.program = &t.f.Program
	if t.f.ProgramOf != nil && c.Program != "" && c.Program != t.f.Program.Name {
		if p := t.f.ProgramOf(c.Program); p != nil {
			c.program = p
		}
	}
	zone := c.program.Zone
	if zone == nil {
		zone = time.UTC
	}
	c.now = t.f.Now.In(zone)
	if t.f.Subscribed != nil {
		c.subscribed = func(program string) bool { return t.f.Subscribed(cmp.Or(program, c.Program)) }
	}
	c.lang = max(0, c.flow.language(c.Language))
}

// speak returns the speaker of the conversation's language.
func (c *conv) speak() *speaker {
	if c.speaker == nil {
		currency := c.program.Currency
		if currency == "" {
			currency = c.flow.currency
		}
		c.speaker = &speaker{language: c.Language, country: c.program.Country, currency: currency, zone: c.now.Location(), now: c.now, labels: c.label, subscribed: c.subscribed}
	}
	return c.speaker
}

// label is the line of the menu from which a saved value was chosen.
func (c *conv) label(name string, value any) (string, error) {
	s, isText := value.(string)
	if m := c.flow.listed[name]; m != nil {
		return c.shown(m.show, value)
	}
	if labels := c.flow.labels[name][s]; isText && c.lang < len(labels) {
		return labels[c.lang], nil
	}
	return s, nil
}

func (c *conv) setLanguage(name string) {
	c.Language, c.lang, c.speaker = name, max(0, c.flow.language(name)), nil
	if c.env != nil {
		c.env["lang"], c.env["_speaker"] = name, c.speak()
		c.showCart()
		if _, read := c.env["catalogue"]; read {
			c.env["catalogue"] = catalogueVars(c)
		}
	}
}

// vars are the names of the conversation's expressions: those that some
// expression of its flow reads. They are built when the first expression of a
// turn needs them.
func (t *turn) vars(c *conv) map[string]any {
	if c.env != nil {
		return c.env
	}
	if c.reads == nil {
		c.reads = c.flow.reads
	}
	env := make(map[string]any, 12+len(c.Inputs)+len(c.Saved))
	for n, v := range c.Inputs {
		env[n] = local(v, c.now.Location())
	}
	for n, v := range c.Saved {
		env[n] = local(v, c.now.Location())
	}
	env["now"], env["lang"], env["args"], env["text"] = c.now, c.Language, c.Args, t.text
	env["visits"], env["tries"] = c.Visits[c.State], c.Tries
	for name, value := range lazyNames {
		if c.reads[name] {
			env[name] = value(t, c)
		}
	}
	env["_speaker"] = c.speak()
	c.env = env
	return env
}

// lazyNames are names that cost something to build.
var lazyNames = map[string]func(*turn, *conv) any{
	"contact":      func(t *turn, _ *conv) any { return t.contactVars() },
	"program":      func(_ *turn, c *conv) any { return programVars(c.program) },
	"conversation": (*turn).conversationVars,
	"today":        func(_ *turn, c *conv) any { return dateOf(c.now) },
	"catalogue":    func(_ *turn, c *conv) any { return catalogueVars(c) },
	"cart":         func(_ *turn, c *conv) any { return cartVars(c) },
	"short_code":   func(t *turn, _ *conv) any { return t.f.Code.String() },
	"keyword":      func(_ *turn, c *conv) any { return textOrNil(c.Keyword) },
	"place":        (*turn).placeVars,
	"inputs": func(_ *turn, c *conv) any {
		inputs := make(map[string]any, len(c.Inputs))
		for n, v := range c.Inputs {
			inputs[n] = local(v, c.now.Location())
		}
		return inputs
	},
}

func (t *turn) conversationVars(c *conv) any {
	return map[string]any{"started": c.Started.Time().In(c.now.Location()), "reference": reference(uint64(c.ID))}
}

func textOrNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func local(v any, zone *time.Location) any {
	if t, ok := v.(time.Time); ok {
		return t.In(zone)
	}
	return v
}

func (t *turn) contactVars() map[string]any {
	k := &t.f.Contact
	tags := make([]any, len(k.Tags))
	for i, s := range k.Tags {
		tags[i] = s
	}
	m := make(map[string]any, len(k.Fields)+5)
	for n, v := range k.Fields {
		m[n] = v
	}
	m["msisdn"], m["country"], m["time_zone"], m["tags"], m["language"] = k.MSISDN.String(), k.Country, k.TimeZone, tags, textOrNil(k.Language)
	for n, v := range t.res.Contact {
		m[n] = v
	}
	return m
}

func programVars(p *Program) map[string]any {
	zone := "UTC"
	if p.Zone != nil {
		zone = p.Zone.String()
	}
	return map[string]any{"name": p.Name, "brand": p.Brand, "contact": p.Contact, "country": p.Country, "currency": p.Currency, "time_zone": zone}
}

// reference turns an id into five signs that people can read out: none that
// look alike. Neighbouring ids give references that are far apart.
func reference(id uint64) string {
	const signs = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
	id = (id ^ id>>30) * 0xbf58476d1ce4e5b9
	id = (id ^ id>>27) * 0x94d049bb133111eb
	id ^= id >> 31
	var b [5]byte
	for i := range b {
		b[i] = signs[id%uint64(len(signs))]
		id /= uint64(len(signs))
	}
	return string(b[:])
}

// The limits of a conversation.
const (
	maxTurns     = 200
	maxSaved     = 8 << 10
	maxSavedText = 480
	maxList      = 200
	maxKept      = 16
	maxEvent     = 2 << 10 // of a kept event's data
	maxPast      = 6       // five to go back to, and the current one
)

// save keeps a value under a name.
func (t *turn) save(c *conv, name string, v any) error {
	v = normal(v)
	if s, ok := v.(string); ok {
		v = shortened(s)
	}
	if xs, ok := v.([]any); ok && len(xs) > maxList {
		return fmt.Errorf("`%s` would hold a list of %d elements, %d are allowed", name, len(xs), maxList)
	}
	c.undoable(name)
	c.Saved = c.Saved.with(name, v)
	total := 0
	for n, x := range c.Saved {
		total += len(n) + size(x) + 4
	}
	if total > maxSaved {
		return fmt.Errorf("the saved values take more than %d KB", maxSaved>>10)
	}
	if c.env != nil {
		c.env[name] = local(v, c.now.Location())
	}
	return nil
}

// undoable notes what a name held when the newest question was asked.
func (c *conv) undoable(name string) {
	n := len(c.Past)
	if n == 0 {
		return
	}
	if _, noted := c.Past[n-1].Undo[name]; noted {
		return
	}
	c.Past = slices.Clone(c.Past)
	c.Past[n-1].Undo = c.Past[n-1].Undo.with(name, c.Saved[name])
}

// undo returns the values as they were before those changes.
func (v Values) undo(changes Values) Values {
	if len(changes) == 0 {
		return v
	}
	out := maps.Clone(v)
	for name, was := range changes {
		if was == nil {
			delete(out, name)
		} else {
			out[name] = was
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// shortened is valid UTF-8 of at most the length of a saved text.
func shortened(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= maxSavedText {
		return s
	}
	if r := []rune(s); len(r) > maxSavedText {
		return string(r[:maxSavedText])
	}
	return s
}

// eval runs an expression.
func (t *turn) eval(c *conv, e *expression) (any, error) { return e.run(t.vars(c)) }

func (t *turn) holds(c *conv, e *expression) (bool, error) {
	if e == nil {
		return true, nil
	}
	v, err := t.eval(c, e)
	if err != nil {
		return false, err
	}
	b, ok := v.(bool)
	if !ok {
		return false, fmt.Errorf("line %d: `if` wants true or false, `%s` gives %s", e.at.line, e.src, kindOfValue(v))
	}
	return b, nil
}

// name sets one of the names that exist at some places only; it stays until
// the next one replaces it, and the check lets no other place read it.
func (t *turn) name(c *conv, name string, v any) { t.vars(c)[name] = local(v, c.now.Location()) }
