package inbox

import (
	"fmt"
	"maps"
	"slices"

	"repartee/programs"
	"repartee/sms"
)

// crossCodes carries the opt-out of a code to the other codes of its brands,
// where a program says `cross_code`. The list of suppressions holds at once
// what waits there; each thread is stopped under its own lock.
func (tu *turn) crossCodes() {
	brands := map[string]bool{}
	for _, p := range offered(tu.snap, tu.code) {
		if p.CrossCode {
			brands[p.Brand] = true
		}
	}
	if len(brands) == 0 {
		return
	}
	for _, number := range slices.Sorted(maps.Keys(tu.snap.Codes)) {
		if number != tu.t.Key.Code {
			tu.crossTo(tu.snap.Codes[number], brands)
		}
	}
}

// crossTo stops a code when all of its programs are of the brands, else those that are.
func (tu *turn) crossTo(code *programs.Code, brands map[string]bool) {
	all := offered(tu.snap, code)
	of := slices.DeleteFunc(slices.Clone(all), func(p *programs.Program) bool { return !brands[p.Brand] })
	to := sms.Thread{Phone: tu.t.Key.Phone, Code: code.Number}
	data := ConsentData{Event: "opt-out", Actor: "phone", Reason: fmt.Sprintf("opt-out from %s, the same brand", tu.t.Key.Code)}
	if len(of) == len(all) {
		tu.w.Suppress = append(tu.w.Suppress, Suppression{Phone: to.Phone, Scope: "code", ScopeID: int32(code.Number), Since: tu.now, Reason: "opt-out"})
		tu.push(to, "", data, tu.now)
		return
	}
	for _, p := range of {
		data.Program = p.Name
		tu.w.Suppress = append(tu.w.Suppress, Suppression{Phone: to.Phone, Scope: "program", ScopeID: p.ID, Since: tu.now, Reason: "opt-out"})
		tu.push(to, "", data, tu.now)
	}
}

// offered are the programs of a code, each once, in the order of their names.
func offered(snap *programs.Snapshot, code *programs.Code) []*programs.Program {
	names := []string{code.Program.Name}
	for _, name := range code.Programs {
		names = append(names, name)
	}
	var all []*programs.Program
	for _, name := range slices.Compact(slices.Sorted(slices.Values(names))) {
		if p := snap.Program(name); p != nil {
			all = append(all, p)
		}
	}
	return all
}
