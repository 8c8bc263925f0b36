package programs

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"repartee/sms/fold"
)

func (c *Carrier) kind() string            { return "carrier" }
func (c *Carrier) key() string             { return c.Name }
func (c *Carrier) position() positions     { return c.at }
func (c *Carrier) setPosition(p positions) { c.at = p }

func (p *Program) kind() string              { return "program" }
func (p *Program) key() string               { return p.Name }
func (p *Program) position() positions       { return p.at }
func (p *Program) setPosition(at positions)  { p.at = at }
func (c *ShortCode) kind() string            { return "short code" }
func (c *ShortCode) key() string             { return c.Number.String() }
func (c *ShortCode) position() positions     { return c.at }
func (c *ShortCode) setPosition(p positions) { c.at = p }

func (k *Keyword) kind() string            { return "keyword" }
func (k *Keyword) key() string             { return k.ShortCode.String() + " " + fold.Text(k.Word) }
func (k *Keyword) position() positions     { return k.at }
func (k *Keyword) setPosition(p positions) { k.at = p }

func (f *Flow) kind() string            { return "flow" }
func (f *Flow) key() string             { return f.Name }
func (f *Flow) position() positions     { return f.at }
func (f *Flow) setPosition(p positions) { f.at = p }

// window is what tells two entries of the same keyword apart.
func (k *Keyword) window() string {
	return strings.Join([]string{k.From, k.Until, k.Days, k.Hours}, "|")
}

// setText reads 1/1, and the default of a TONNPI key.
func (t *TONNPI) setText(text string) error {
	ton, npi, ok := strings.Cut(text, "/")
	a, errA := strconv.ParseUint(strings.TrimSpace(ton), 10, 8)
	b, errB := strconv.ParseUint(strings.TrimSpace(npi), 10, 8)
	if !ok || errA != nil || errB != nil {
		return fmt.Errorf("%q is not a TON and NPI: write them such as 1/1", text)
	}
	t.TON, t.NPI = uint8(a), uint8(b)
	return nil
}

// String returns the pair as a file writes it.
func (t TONNPI) String() string { return fmt.Sprintf("%d/%d", t.TON, t.NPI) }

// readNode reads true, false or a map.
func (t *TLS) readNode(r *reader, n ast.Node, path string, at positions) {
	if text, ok := scalarText(bare(n)); ok && (text == "true" || text == "false") {
		t.Enabled = text == "true"
		return
	}
	if _, isMap := bare(n).(ast.MapNode); !isMap {
		r.fail(n, "", "`tls` is true, false or a map of ca_file, server_name, cert_file and key_file")
		return
	}
	type plainTLS TLS // without readNode
	read := plainTLS{}
	r.readStruct(n, addressable(&read), path, at, "`tls`")
	*t = TLS(read)
	t.Enabled = true
	if (t.CertFile == "") != (t.KeyFile == "") {
		r.fail(n, "", "`tls`: `cert_file` and `key_file` go together")
	}
}

// setText reads a profile, and the default of the key.
func (q *QuietHours) setText(text string) error {
	if text == "" {
		return errors.New("it is empty")
	}
	*q = QuietHours{Profile: text}
	return nil
}

// readNode reads the name of a profile, or windows of one's own.
func (q *QuietHours) readNode(r *reader, n ast.Node, path string, at positions) {
	if _, isMap := bare(n).(ast.MapNode); !isMap {
		r.readScalar(n, addressable(q), field{key: "quiet_hours", required: true})
		return
	}
	type plainHours QuietHours
	read := plainHours{Holidays: "closed"}
	r.readStruct(n, addressable(&read), path, at, "`quiet_hours`")
	*q = QuietHours(read)
	for days, hours := range q.Days {
		if err := checkDaysAndHours(days, hours); err != nil {
			r.failAt(at.of(join(join(path, "days"), days)), "", "`quiet_hours`: %v", err)
		}
	}
	if day := q.twice(); day != "" {
		r.failAt(at.of(join(path, "days")), "", "`quiet_hours`: %s is named twice", day)
	}
}

func checkDaysAndHours(days, hours string) error {
	if _, err := ParseDays(days); err != nil {
		return err
	}
	return checkOpening(hours)
}

// twice returns a day that two windows name, "" when there is none.
func (q *QuietHours) twice() string {
	var seen [7]bool
	for _, days := range sortedKeys(q.Days) {
		list, _ := ParseDays(days) // checked before
		for _, d := range list {
			if seen[d] {
				return dayNames[d]
			}
			seen[d] = true
		}
	}
	return ""
}

// ParseOpen reads what becomes of open conversations from one text: finish, or
// "end TEXT"; "" decides nothing.
func ParseOpen(text string) (open Open, err error) {
	if text != "" {
		err = open.setText(text)
	}
	return open, err
}

// setText reads finish, or "end TEXT".
func (o *Open) setText(text string) error {
	switch {
	case text == "finish":
		*o = Open{Policy: "finish"}
	case strings.HasPrefix(text, "end "):
		*o = Open{Policy: "end", End: strings.TrimSpace(text[len("end "):])}
	default:
		return fmt.Errorf("%q is not allowed: use finish, {move: {old: new}} or {end: TEXT}", text)
	}
	return nil
}

// readNode reads finish, "end TEXT", {end: TEXT} or {move: {old: new}}.
func (o *Open) readNode(r *reader, n ast.Node, path string, at positions) {
	entries := r.entries(n)
	if len(entries) != 1 {
		r.readScalar(n, addressable(o), field{key: "open", required: true})
		return
	}
	value := entries[0].value
	switch entries[0].key {
	case "end":
		text, _ := r.scalar(value, "`open`")
		*o = Open{Policy: "end", End: text}
	case "move":
		read := Open{Policy: "move"}
		r.readMap(value, addressable(&read.Move), field{key: "move"}, join(path, "move"), at)
		*o = read
	default:
		r.fail(n, "", "`open` is finish, {move: {old: new}} or {end: TEXT}")
	}
}

// twice finds objects that the sources name more than once.
func (s *Shop) twice() Problems {
	var problems Problems
	first := map[string]Position{}
	for _, o := range s.objects() {
		id := o.kind() + " " + o.key()
		if k, ok := o.(*Keyword); ok {
			id += " " + k.window()
		}
		at := o.position().of("")
		if before, twice := first[id]; twice && o.key() != "" {
			problems = append(problems, Problem{At: at, Text: fmt.Sprintf("%s %s is given twice: first at %s", o.kind(), o.key(), before)})
			continue
		}
		first[id] = at
	}
	return problems
}

// objects lists all objects of the shop, those that others refer to first.
func (s *Shop) objects() []object {
	var all []object
	all = appendObjects(all, s.Carriers)
	all = appendObjects(all, s.Programs)
	all = appendObjects(all, s.Places)
	all = appendObjects(all, s.Webhooks)
	all = appendObjects(all, s.Fields)
	all = appendObjects(all, s.Offers)
	all = appendObjects(all, s.Catalogues)
	all = appendObjects(all, s.Polls)
	all = appendObjects(all, s.Games)
	all = appendObjects(all, s.Flows)
	all = appendObjects(all, s.ShortCodes)
	return appendObjects(all, s.Keywords)
}

func appendObjects[T object](all []object, list []T) []object {
	for _, o := range list {
		all = append(all, o)
	}
	return all
}

// Merge returns the shop as it will be when wanted is applied to current:
// objects of wanted replace those of the same key, all others stay. All
// entries of one keyword on one short code are replaced together. The flows of
// wanted get their versions here.
func Merge(current, wanted *Shop) *Shop {
	return &Shop{
		Version:    current.Version,
		Carriers:   merged(current.Carriers, wanted.Carriers),
		Programs:   merged(current.Programs, wanted.Programs),
		ShortCodes: merged(current.ShortCodes, wanted.ShortCodes),
		Keywords:   merged(current.Keywords, wanted.Keywords),
		Flows:      merged(current.Flows, numbered(current.Flows, wanted.Flows)),
		Places:     merged(current.Places, wanted.Places),
		Webhooks:   merged(current.Webhooks, wanted.Webhooks),
		Fields:     merged(current.Fields, wanted.Fields),
		Offers:     merged(current.Offers, wanted.Offers),
		Catalogues: merged(current.Catalogues, wanted.Catalogues),
		Polls:      merged(current.Polls, wanted.Polls),
		Games:      merged(current.Games, wanted.Games),
	}
}

// numbered gives the wanted flows their versions: that of the current one when
// the source is the same, else the next. What is pinned stays so.
func numbered(current, wanted []*Flow) []*Flow {
	newest := map[string]*Flow{}
	for _, f := range current {
		newest[f.Name] = f
	}
	for _, f := range wanted {
		before := newest[f.Name]
		switch {
		case before == nil:
			f.Version = 1
			continue
		case before.Source == f.Source:
			f.Version = before.Version
		default:
			f.Version = before.Version + 1
		}
		f.Pinned, f.PinnedSource = before.Pinned, before.PinnedSource
	}
	return wanted
}

func merged[T object](current, wanted []T) []T {
	replaced := map[string]bool{}
	for _, o := range wanted {
		replaced[o.key()] = true
	}
	all := slices.Clone(wanted)
	for _, o := range current {
		if !replaced[o.key()] {
			all = append(all, o)
		}
	}
	slices.SortStableFunc(all, func(a, b T) int { return strings.Compare(a.key(), b.key()) })
	return all
}

// String returns the hours as a file writes them in one line.
func (q QuietHours) String() string {
	if len(q.Days) == 0 {
		return q.Profile
	}
	windows := make([]string, 0, len(q.Days)+1)
	for _, days := range sortedKeys(q.Days) {
		windows = append(windows, days+" "+q.Days[days])
	}
	return strings.Join(append(windows, "holidays "+q.Holidays), ", ")
}

// String returns the TLS settings as a file writes them in one line.
func (t TLS) String() string {
	if t == (TLS{Enabled: t.Enabled}) {
		return strconv.FormatBool(t.Enabled)
	}
	return fmt.Sprintf("{ca_file: %s, server_name: %s, cert_file: %s, key_file: %s}", t.CAFile, t.ServerName, t.CertFile, t.KeyFile)
}
