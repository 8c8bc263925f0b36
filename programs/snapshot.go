package programs

import (
	"repartee/dialogs"
	"repartee/keywords"
	"repartee/optout"
	"repartee/sms"
)

// Snapshot is a configuration compiled for use: immutable, safe for any number
// of goroutines, swapped as a whole. A batch keeps the one it began with.
type Snapshot struct {
	Version  int64 // config.version that it was read at
	Carriers map[int32]*Carrier
	Programs map[int32]*Program
	Codes    map[sms.ShortCode]*Code
	Places   map[string]*Place
	Webhooks map[string]*Webhook
	Router   *keywords.Router

	// Problems are what was left out, and why: a keyword or flow that an
	// earlier release accepted must not keep a gateway from starting.
	Problems Problems

	carriers map[string]*Carrier
	programs map[string]*Program
	hours    map[int32]*optout.Hours
	newest   map[string]*dialogs.Flow
	envs     map[string]dialogs.Env
	flows    *Flows
	staff    map[sms.Thread][]string // groups by phone, on each code
}

// Code is a short code with its references resolved.
type Code struct {
	Number   sms.ShortCode
	Country  string
	SMSPlus  bool
	Carriers []*Carrier // in the order of preference
	Program  *Program   // whose answers apply when no conversation says otherwise
	Fallback string     // flow of texts that nothing understands

	// Programs has every program of the code by the folded words that name it
	// after STOP: its keywords, its name and its title. A word that would name
	// two programs names none.
	Programs map[string]string
	// Languages of all programs of the code, the default program's first.
	Languages []string
}

// Carrier returns the carrier of that name, nil when there is none.
func (s *Snapshot) Carrier(name string) *Carrier { return s.carriers[name] }

// Program returns the program of that name, nil when there is none.
func (s *Snapshot) Program(name string) *Program { return s.programs[name] }

// Hours returns the sending hours of a program; nil stands for the strict
// default of the recipient's country.
func (s *Snapshot) Hours(program int32) *optout.Hours { return s.hours[program] }

// Answer returns the program's standard text of that name (see [AnswerNames])
// in the language, else in the program's first language, with its parameters
// filled in; "" for a name or a program that is none.
func (s *Snapshot) Answer(program int32, code sms.ShortCode, name, language string) string {
	p := s.Programs[program]
	if p == nil {
		return ""
	}
	return p.Answer(code, name, language)
}

// Flow returns a version of a flow, 0 being the one that conversations begin
// on: the pinned, else the newest published one. It
// returns nil for a flow that is none, and for an older version that this node
// has not compiled yet: see [Snapshot.CompileFlow].
func (s *Snapshot) Flow(name string, version int) *dialogs.Flow {
	newest := s.newest[name]
	if version == 0 || newest != nil && newest.Version == version {
		return newest
	}
	return s.flows.get(flowKey{name: name, version: version}).flow
}

// CompileFlow compiles a version that was published before the newest one, on
// which conversations still run, and keeps it for this and later snapshots.
func (s *Snapshot) CompileFlow(f *Flow) (*dialogs.Flow, error) {
	flow, problems := loadFlow(f, s.envs[f.Name])
	if err := problems.Err(); err != nil {
		return nil, err
	}
	s.flows.put(flowKey{name: f.Name, version: f.Version}, compiledFlow{flow: flow})
	return flow, nil
}
