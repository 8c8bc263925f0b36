package dialogs

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// setting carries out a `$` line.
func (g *golden) setting(s string) {
	what, rest, _ := strings.Cut(s, " ")
	rest = strings.TrimSpace(rest)
	switch what {
	case "language":
		g.facts.Contact.Language = rest
	case "contact":
		for k, v := range g.pairs(rest) {
			g.contact(k, v)
		}
	case "program":
		for k, v := range g.pairs(rest) {
			g.program(k, v)
		}
	case "keyword":
		g.keyword(rest)
	case "split":
		state, n, _ := strings.Cut(rest, " ")
		i, err := strconv.Atoi(strings.TrimSpace(n))
		if err != nil {
			g.fail("`$ split STATE n` wants the number of an entry, from 0")
		}
		g.facts.splits[state] = i
	case "at":
		t, ok := g.moment(rest)
		if !ok {
			g.fail("%q is no time", rest)
			return
		}
		g.facts.Now = t
	case "result":
		g.result(rest)
	case "catalogue":
		g.catalogue(rest)
	case "place":
		g.placed(rest)
	case "staff":
		g.group(rest)
	case "subscribed":
		g.subscribed[cmp.Or(rest, g.facts.Program.Name)] = true
	default:
		g.fail("`$ %s` is not understood: language, contact, program, keyword, place, staff, subscribed, catalogue, result, split or at", what)
	}
}

// pairs reads k=v k="v w".
func (g *golden) pairs(s string) map[string]string {
	out := map[string]string{}
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		k, rest, ok := strings.Cut(s, "=")
		if !ok {
			g.fail("%q is not k=v", s)
			return out
		}
		if strings.HasPrefix(rest, `"`) {
			v, after, _ := strings.Cut(rest[1:], `"`)
			out[k], s = v, after
			continue
		}
		v, after, _ := strings.Cut(rest, " ")
		out[k], s = v, after
	}
	return out
}

func (g *golden) contact(k, v string) {
	c := &g.facts.Contact
	switch k {
	case "language":
		c.Language = v
	case "country":
		c.Country = v
	case "time_zone":
		c.TimeZone = v
	case "tags":
		c.Tags = strings.Split(v, ",")
	default:
		c.Fields[k] = v
	}
}

func (g *golden) program(k, v string) {
	p := &g.facts.Program
	field, ok := map[string]*string{"name": &p.Name, "brand": &p.Brand, "contact": &p.Contact, "country": &p.Country, "currency": &p.Currency}[k]
	if !ok {
		g.fail("`$ program %s` is not understood: name, brand, contact, country or currency", k)
		return
	}
	*field = v
}

// keyword reads WORD {inputs} flow=NAME place=NAME language=LANG.
func (g *golden) keyword(s string) {
	r := Route{Flow: g.flow.Name, Program: g.facts.Program.Name, Inputs: map[string]string{}}
	if i, j := strings.Index(s, "{"), strings.LastIndex(s, "}"); i >= 0 && j > i {
		values, ok := g.data(s[i : j+1])
		if !ok {
			return
		}
		for k, v := range values {
			r.Inputs[k] = fmt.Sprint(v)
		}
		s = s[:i] + s[j+1:]
	}
	fields := strings.Fields(s)
	n := slices.IndexFunc(fields, func(f string) bool { return strings.Contains(f, "=") })
	if n < 0 {
		n = len(fields)
	}
	r.Keyword = strings.Join(fields[:n], " ")
	for k, v := range g.pairs(strings.Join(fields[n:], " ")) {
		switch k {
		case "flow":
			r.Flow = v
		case "place":
			r.Place = v
		case "language":
			r.Language = v
		}
	}
	g.keywords = append(g.keywords, r)
}

// group reads GROUP name=NAME.
func (g *golden) group(s string) {
	group, rest, _ := strings.Cut(s, " ")
	for k, v := range g.pairs(rest) {
		if k != "name" {
			g.fail("`$ staff %s` has only a name", group)
		}
		g.staff[group] = v
	}
}
