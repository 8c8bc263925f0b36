package explain

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf16"

	"repartee/keywords"
	"repartee/optout"
	"repartee/sms"
)

// Inbound says what a text means.
type Inbound struct {
	Class      string `json:"class"`
	MatchedBy  string `json:"matched_by"`
	Scope      string `json:"scope"`
	Review     bool   `json:"review"`
	Normalised string `json:"normalised"`
	// Route is the flow that the text would begin; empty for none, or without a
	// short code.
	Route string `json:"route"`
	Rule  string `json:"rule"`
}

var escapes = map[string]byte{`\n`: '\n', `\r`: '\r', `\t`: '\t', `\\`: '\\'}

// flush writes UTF-16 units that were collected.
func flush(out *strings.Builder, units *[]uint16) {
	out.WriteString(string(utf16.Decode(*units)))
	*units = (*units)[:0]
}

// Inbound explains one text at the moment now. g may be nil for a case without
// a short code.
func (c Case) Inbound(ctx context.Context, g *Gateway, now time.Time) (*Inbound, error) {
	known, err := c.reading()
	if err != nil {
		return nil, err
	}
	text := Unescape(c["text"])
	if c["short-code"] == "" {
		if c["from"] != "" {
			return nil, errors.New("from needs a short-code: without one no stored conversation is looked at")
		}
		return inboundOf(optout.Classify(text, known)), nil
	}
	code, err := c.onCode(ctx, g, &known)
	if err != nil {
		return nil, err
	}
	out := inboundOf(optout.Classify(text, known))
	if out.Class != optout.Neither.String() {
		return out, nil
	}
	if route, ok := g.Snapshot.Router.Match(code, text, now); ok {
		out.route(route)
	} else {
		out.Rule += "; no keyword of the code"
		out.fallback(g.Snapshot.Codes[code].Fallback)
	}
	return out, nil
}

// reading is the classifier's context as far as the case itself says it.
func (c Case) reading() (optout.Context, error) {
	var known optout.Context
	plus, err := flag(c, "sms-plus")
	if err != nil {
		return known, err
	}
	known.SMSPlus = plus
	if c["language"] != "" {
		known.Languages = strings.Fields(strings.ReplaceAll(strings.ToLower(c["language"]), ",", " "))
	}
	switch c["context"] {
	case "", "none":
	case "dialog":
		known.Dialog = true
	case "opt-in-pending":
		known.OptInPending = true
	default:
		return known, fmt.Errorf("context is %q: use none, dialog or opt-in-pending", c["context"])
	}
	return known, nil
}

// onCode completes the context with what the code, and the phone's
// conversations on it, say.
func (c Case) onCode(ctx context.Context, g *Gateway, known *optout.Context) (sms.ShortCode, error) {
	number, err := sms.ParseShortCode(c["short-code"])
	if err != nil {
		return 0, err
	}
	code := g.Snapshot.Codes[number]
	if code == nil {
		return 0, fmt.Errorf("short code %s is not known here: `repartee apply` makes one", number)
	}
	known.Languages = append(known.Languages, code.Languages...)
	known.Programs = code.Programs
	known.SMSPlus = known.SMSPlus || code.SMSPlus
	if c["from"] == "" {
		return number, nil
	}
	phone, err := sms.ParseMSISDN(c["from"])
	if err != nil {
		return 0, err
	}
	talks, err := g.Talks(ctx, sms.Thread{Phone: phone, Code: number})
	if err != nil {
		return 0, err
	}
	if c["context"] == "" && len(talks) > 0 {
		known.Dialog = talks[0].Listening()
	}
	return number, nil
}

func inboundOf(cls optout.Classification) *Inbound {
	out := &Inbound{
		Class: cls.Kind.String(), MatchedBy: cls.MatchedBy, Review: cls.Review,
		Normalised: cls.Normalised, Rule: cls.Rule,
	}
	if cls.Kind != optout.Neither {
		out.Scope = cls.Scope.String()
	}
	return out
}

func (out *Inbound) route(r keywords.Route) {
	out.Route, out.MatchedBy, out.Rule = r.Keyword.Flow, "keyword", r.Rule
}

// fallback is the flow of the code for what nothing understands.
func (out *Inbound) fallback(flow string) {
	if flow != "" {
		out.Route, out.MatchedBy, out.Rule = flow, "fallback", out.Rule+": its fallback takes what no conversation does"
	}
}
