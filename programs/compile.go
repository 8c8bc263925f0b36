package programs

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"repartee/dialogs"
	"repartee/keywords"
	"repartee/optout"
	"repartee/sms"
	"repartee/sms/fold"
)

// Rules are what the compiler must know of reserved words; package optout has
// both.
type Rules struct {
	// Reserved says for what a keyword is reserved ("an opt-out word"), "" for
	// a free one; ReservedAnswer says it of words inside a conversation.
	Reserved       func(word string, languages []string) string
	ReservedAnswer func(word string, languages []string) string
}

// DefaultRules are those of package optout.
func DefaultRules() Rules {
	return Rules{Reserved: optout.Reserved, ReservedAnswer: optout.ReservedAnswer}
}

// compiler turns a shop into a snapshot.
type compiler struct {
	shop     *Shop
	rules    Rules
	snapshot *Snapshot
	problems Problems
	known    map[string]*dialogs.Signature // flows by name; nil where nothing is checked
}

// Compile resolves every reference of a shop and compiles its keywords, flows
// and hours. What has a problem is left out of the snapshot; an apply refuses
// a shop whose problems have failed. The objects become part of the snapshot
// and must not be changed any more. Flows are taken from and kept in flows.
func Compile(shop *Shop, rules Rules, flows *Flows) (*Snapshot, Problems) {
	c := newCompiler(shop, rules, flows)
	c.compileBase()
	if slices.ContainsFunc(shop.Flows, func(f *Flow) bool { return f.position() != nil }) {
		c.known = c.readSignatures()
	}
	for _, flow := range shop.Flows {
		c.compileFlow(flow)
	}
	for _, flow := range shop.Flows {
		c.runTests(flow)
	}
	for _, code := range shop.ShortCodes {
		c.compileCode(code)
	}
	c.compileKeywords()
	c.snapshot.Problems = c.problems.sorted()
	return c.snapshot, c.snapshot.Problems
}

func newCompiler(shop *Shop, rules Rules, flows *Flows) *compiler {
	return &compiler{shop: shop, rules: rules, snapshot: &Snapshot{
		Version:  shop.Version,
		Carriers: map[int32]*Carrier{},
		Programs: map[int32]*Program{},
		Codes:    map[sms.ShortCode]*Code{},
		Places:   map[string]*Place{},
		Webhooks: map[string]*Webhook{},
		carriers: map[string]*Carrier{},
		programs: map[string]*Program{},
		hours:    map[int32]*optout.Hours{},
		newest:   map[string]*dialogs.Flow{},
		envs:     map[string]dialogs.Env{},
		flows:    flows,
		staff:    map[sms.Thread][]string{},
	}}
}

// compileBase compiles what flows and keywords refer to.
func (c *compiler) compileBase() {
	shop := c.shop
	for _, carrier := range shop.Carriers {
		c.compileCarrier(carrier)
	}
	for _, place := range shop.Places {
		place.Zone, _ = time.LoadLocation(place.TimeZone) // checked when it was read; "" is UTC
		c.snapshot.Places[place.Name] = place
	}
	for _, webhook := range shop.Webhooks {
		c.snapshot.Webhooks[webhook.Name] = webhook
	}
	for _, program := range shop.Programs {
		c.compileProgram(program)
	}
	for _, catalogue := range shop.Catalogues {
		c.compileCatalogue(catalogue)
	}
	c.compileOffers()
}

// fail reports a problem of a key of an object.
func (c *compiler) fail(o object, path, hint, format string, args ...any) {
	kind, _ := ParseKind(o.kind()) // each object has a kind
	c.problems = append(c.problems, Problem{At: o.position().of(path), Text: fmt.Sprintf(format, args...), Hint: hint, Kind: kind, Key: o.key()})
}

func (c *compiler) compileCarrier(carrier *Carrier) {
	for i, status := range carrier.Temporary {
		if slices.Contains(carrier.Permanent, status) {
			c.fail(carrier, fmt.Sprintf("temporary.%d", i), "", "carrier %s: %s is both temporary and permanent", carrier.Name, status)
		}
	}
	if carrier.Backoff.Max < carrier.Backoff.Min {
		c.fail(carrier, "backoff.max", "", "carrier %s: `backoff.max` is shorter than `backoff.min`", carrier.Name)
	}
	causes, err := optout.ParseErrorMap(carrier.Receipts.Errors, carrier.Receipts.Codes)
	if err != nil {
		c.fail(carrier, "receipts", "", "carrier %s: `receipts`: %v", carrier.Name, err)
	}
	carrier.Receipts.Causes = causes
	c.snapshot.Carriers[carrier.ID] = carrier
	c.snapshot.carriers[carrier.Name] = carrier
}

func (c *compiler) compileProgram(p *Program) {
	zone, err := time.LoadLocation(p.TimeZone)
	if err != nil {
		c.fail(p, "time_zone", "", "program %s: %v", p.Name, checkZone(p.TimeZone))
		return
	}
	p.Zone = zone
	hours, err := p.QuietHours.compile()
	if err != nil {
		c.fail(p, "quiet_hours", "", "program %s: `quiet_hours`: %v", p.Name, err)
		return
	}
	c.checkAnswers(p)
	c.snapshot.Programs[p.ID] = p
	c.snapshot.programs[p.Name] = p
	c.snapshot.hours[p.ID] = hours
}

func (q QuietHours) compile() (*optout.Hours, error) {
	if len(q.Days) > 0 {
		return optout.CustomHours(q.Days, q.Holidays)
	}
	return optout.ParseHours(q.Profile)
}

func (c *compiler) compileCode(code *ShortCode) {
	made := &Code{Number: code.Number, Country: code.Country, SMSPlus: code.SMSPlus, Program: c.snapshot.programs[code.Program]}
	sound := true
	for i, name := range code.Carriers {
		carrier := c.snapshot.carriers[name]
		sound = sound && carrier != nil
		if carrier == nil {
			c.fail(code, fmt.Sprintf("carriers.%d", i), unknown(name, sortedKeys(c.snapshot.carriers)), "short code %s: `%s` is not a carrier", code.Number, name)
		}
		made.Carriers = append(made.Carriers, carrier)
	}
	if names := namesOf(c.shop.Programs); !slices.Contains(names, code.Program) {
		c.fail(code, "program", unknown(code.Program, names), "short code %s: `%s` is not a program", code.Number, code.Program)
	}
	c.checkFallback(code)
	made.Fallback = code.Fallback
	if sound && made.Program != nil {
		c.nameProgramsOf(made)
		c.gatherStaff(made)
		c.snapshot.Codes[code.Number] = made
	}
}

// checkFallback finds a fallback that is no flow, or wants inputs that nobody
// gives.
func (c *compiler) checkFallback(code *ShortCode) {
	if code.Fallback == "" {
		return
	}
	if flows := namesOf(c.shop.Flows); !slices.Contains(flows, code.Fallback) {
		c.fail(code, "fallback", unknown(code.Fallback, flows), "short code %s: `%s` is not a flow", code.Number, code.Fallback)
		return
	}
	if flow := c.snapshot.newest[code.Fallback]; flow != nil {
		if _, required := flow.Inputs(); len(required) > 0 {
			c.fail(code, "fallback", "give it a default", "short code %s: nothing gives input `%s` of flow %s", code.Number, required[0], code.Fallback)
		}
	}
}

// nameProgramsOf collects the words by which a phone can name a program of the
// code, and the languages spoken on it.
func (c *compiler) nameProgramsOf(code *Code) {
	code.Programs = map[string]string{}
	ambiguous := map[string]bool{}
	name := func(word, program string) {
		word = fold.Text(word)
		if other, known := code.Programs[word]; known && other != program {
			ambiguous[word] = true
		}
		code.Programs[word] = program
	}
	programs := []*Program{code.Program}
	for _, k := range c.shop.Keywords {
		if p := c.snapshot.programs[k.Program]; k.ShortCode == code.Number && p != nil {
			programs = append(programs, p)
			for _, word := range append([]string{k.Word}, k.Aliases...) {
				name(word, p.Name)
			}
		}
	}
	for _, p := range programs {
		name(p.Name, p.Name)
		name(cmp.Or(p.Title, p.Name), p.Name)
		for _, lang := range p.Languages {
			if !slices.Contains(code.Languages, lang) {
				code.Languages = append(code.Languages, lang)
			}
		}
	}
	maps.DeleteFunc(code.Programs, func(word, _ string) bool { return ambiguous[word] || word == "" })
}

// compileKeywords resolves the keywords, leaves out those with a problem and
// makes the router of the others.
func (c *compiler) compileKeywords() {
	var sound []keywords.Keyword
	byCode := map[sms.ShortCode][]*Keyword{}
	for _, k := range c.shop.Keywords {
		byCode[k.ShortCode] = append(byCode[k.ShortCode], k)
	}
	for _, code := range slices.Sorted(maps.Keys(byCode)) {
		sound = append(sound, c.keywordsOf(code, byCode[code])...)
	}
	router, problems := keywords.Compile(sound, nil)
	for _, p := range problems {
		if !p.Warning {
			c.problems = append(c.problems, Problem{Text: p.Text, Hint: p.Hint})
		}
	}
	c.snapshot.Router = router
}

func (c *compiler) keywordsOf(number sms.ShortCode, ks []*Keyword) []keywords.Keyword {
	var languages []string
	if code := c.snapshot.Codes[number]; code != nil {
		languages = code.Languages
	}
	var resolved []keywords.Keyword
	var origin []*Keyword
	for _, k := range ks {
		if made, ok := c.resolve(k); ok {
			resolved, origin = append(resolved, made), append(origin, k)
		}
	}
	reserved := func(word string) string { return c.rules.Reserved(word, languages) }
	_, problems := keywords.Compile(resolved, reserved)
	bad := map[int]bool{}
	for _, p := range problems {
		bad[p.Index] = bad[p.Index] || !p.Warning
		o := origin[p.Index]
		c.problems = append(c.problems, Problem{At: o.position().of("word"), Text: fmt.Sprintf("keyword %s %s: %s", number, o.Word, p.Text), Hint: p.Hint, Warning: p.Warning, Kind: "keywords", Key: o.key()})
	}
	var sound []keywords.Keyword
	for i, k := range resolved {
		if !bad[i] {
			sound = append(sound, k)
		}
	}
	return sound
}

// resolve checks what a keyword refers to. What there is, but has a problem of
// its own, is not reported again.
func (c *compiler) resolve(k *Keyword) (keywords.Keyword, bool) {
	before := len(c.problems)
	label := fmt.Sprintf("keyword %s %s", k.ShortCode, k.Word)
	check := func(path, name, what string, known []string) {
		if name != "" && !slices.Contains(known, name) {
			c.fail(k, path, unknown(name, known), "%s: `%s` is not a %s", label, name, what)
		}
	}
	check("short_code", k.ShortCode.String(), "short code of the shop", namesOf(c.shop.ShortCodes))
	check("program", k.Program, "program", namesOf(c.shop.Programs))
	check("flow", k.Flow, "flow", namesOf(c.shop.Flows))
	check("place", k.Place, "place", namesOf(c.shop.Places))
	program := c.snapshot.programs[k.Program]
	if program != nil {
		check("language", k.Language, "language of program "+k.Program, program.Languages)
	}
	c.checkInputs(k, label)
	if len(c.problems) > before || program == nil || c.snapshot.newest[k.Flow] == nil || c.snapshot.Codes[k.ShortCode] == nil {
		return keywords.Keyword{}, false
	}
	return c.windowed(k, program, label)
}

// checkInputs compares what a keyword gives with what its flow takes.
func (c *compiler) checkInputs(k *Keyword, label string) {
	flow := c.snapshot.newest[k.Flow]
	if flow == nil {
		return
	}
	types, required := flow.Inputs()
	for _, name := range required {
		if _, given := k.Inputs[name]; !given {
			at := "inputs"
			if len(k.Inputs) == 0 {
				at = "flow"
			}
			c.fail(k, at, "write inputs: {"+name+": …}, or give it a default in the flow", "%s does not give input `%s` of flow %s", label, name, k.Flow)
		}
	}
	for _, name := range sortedKeys(k.Inputs) {
		switch kind := types[name]; {
		case kind == "":
			c.fail(k, "inputs."+name, unknown(name, sortedKeys(types)), "%s: `%s` is not an input of flow %s", label, name, k.Flow)
		case !flow.TakesInput(name, k.Inputs[name]):
			c.fail(k, "inputs."+name, "", "%s: input `%s` of flow %s wants %s, not %q", label, name, k.Flow, kind, k.Inputs[name])
		}
	}
}

// windowed gives a keyword its moments, in its own zone or the program's.
func (c *compiler) windowed(k *Keyword, program *Program, label string) (keywords.Keyword, bool) {
	zone := program.Zone
	if k.TimeZone != "" {
		zone, _ = time.LoadLocation(k.TimeZone) // checked when it was read
	}
	made := keywords.Keyword{
		Code: k.ShortCode, Word: k.Word, Aliases: k.Aliases, Program: k.Program, Flow: k.Flow,
		Language: k.Language, Place: k.Place, Inputs: k.Inputs, Days: k.Days, Hours: k.Hours, Zone: zone,
	}
	var err error
	if k.From != "" {
		made.From, err = ParseMoment(k.From, zone)
	}
	if k.Until != "" && err == nil {
		made.Until, err = ParseMoment(k.Until, zone)
	}
	if err != nil || !made.From.IsZero() && !made.Until.IsZero() && !made.From.Before(made.Until) {
		c.fail(k, "until", "", "%s: `until` must be later than `from`", label)
		return made, false
	}
	return made, true
}

// namesOf lists the keys of objects.
func namesOf[T object](objects []T) []string {
	names := make([]string, 0, len(objects))
	for _, o := range objects {
		names = append(names, o.key())
	}
	return slices.Compact(slices.Sorted(slices.Values(names)))
}
