package programs

import (
	"errors"
	"fmt"
	"strings"
)

// ErrNoObject says that there is no such object.
var ErrNoObject = errors.New("there is no such object")

// InUseError says why an object cannot be deleted.
type InUseError struct {
	Kind, Key string
	By        []string // what still needs it, and what to do
}

// Error lists what needs the object, one per line.
func (e *InUseError) Error() string {
	return fmt.Sprintf("%s %s is in use and was not deleted:\n%s", Singular(e.Kind), e.Key, strings.Join(e.By, "\n"))
}

// NeededBy returns what would no longer work without an object: what compiles
// with it and not without. Open conversations, coupons and orders are another
// matter: the database knows of them.
func (s *Shop) NeededBy(rules Rules, kind, key string) []string {
	with, without := s.checked(), s.Without(kind, key).checked()
	_, known := Compile(with, rules, &Flows{})
	_, problems := Compile(without, rules, &Flows{})
	var needed []string
	for _, p := range problems.Without(known) {
		if !p.Warning {
			p.Hint = ""
			needed = append(needed, p.String())
		}
	}
	return needed
}

// checked returns the shop to be compiled on its own: with objects of its own,
// and its published flows looked at as if they came from a file, so that what
// they call is checked too.
func (s *Shop) checked() *Shop {
	made := *s
	made.Programs = copied(s.Programs)
	made.Flows = copied(s.Flows)
	for _, f := range made.Flows {
		f.at = positions{"": {File: "flow " + f.Name}}
		f.Open = Open{}
	}
	return &made
}

func copied[T any](list []*T) []*T {
	made := make([]*T, len(list))
	for i, o := range list {
		one := *o
		made[i] = &one
	}
	return made
}
