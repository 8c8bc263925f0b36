package explain

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf16"

	"repartee/optout"
	"repartee/programs"
	"repartee/sms"
	"repartee/views"
)

var escapes = map[string]byte{`\n`: '\n', `\r`: '\r', `\t`: '\t', `\\`: '\\'}

// flush writes UTF-16 units that were collected.
func flush(out *strings.Builder, units *[]uint16) {
	out.WriteString(string(utf16.Decode(*units)))
	*units = (*units)[:0]
}

// Inbound explains one text at the moment now. g may be nil for a case without
// a short code.
func (c Case) Inbound(ctx context.Context, g *Gateway, now time.Time) (*views.Reading, error) {
	known, err := c.reading()
	if err != nil {
		return nil, err
	}
	text := Unescape(c["text"])
	if c["short-code"] == "" {
		if c["from"] != "" {
			return nil, invalid("from", "from needs a short-code: without one no stored conversation is looked at")
		}
		return inboundOf(optout.Classify(text, known)), nil
	}
	snap := g.Snapshot()
	code, err := c.onCode(ctx, snap, g.Store, &known)
	if err != nil {
		return nil, err
	}
	out := inboundOf(optout.Classify(text, known))
	if out.Class != optout.Neither.String() {
		return out, nil
	}
	if route, ok := snap.Router.Match(code.Number, text, now); ok {
		out.Route, out.MatchedBy, out.Rule = route.Keyword.Flow, "keyword", route.Rule
		return out, nil
	}
	out.Rule += "; no keyword of the code"
	if code.Fallback != "" {
		out.Route, out.MatchedBy, out.Rule = code.Fallback, "fallback", out.Rule+": its fallback takes what no conversation does"
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
		return known, invalid("context", fmt.Sprintf("context is %q: use none, dialog or opt-in-pending", c["context"]))
	}
	return known, nil
}

// onCode completes the context with what the code, and the phone's
// conversations on it, say.
func (c Case) onCode(ctx context.Context, snap *programs.Snapshot, store Store, known *optout.Context) (*programs.Code, error) {
	number, err := sms.ParseShortCode(c["short-code"])
	if err != nil {
		return nil, invalid("short-code", err.Error())
	}
	code := snap.Codes[number]
	if code == nil {
		return nil, invalid("short-code", fmt.Sprintf("short code %s is not known here: `repartee apply` makes one", number))
	}
	known.Languages = append(known.Languages, code.Languages...)
	known.Programs = code.Programs
	known.SMSPlus = known.SMSPlus || code.SMSPlus
	if c["from"] == "" {
		return code, nil
	}
	phone, err := sms.ParseMSISDN(c["from"])
	if err != nil {
		return nil, invalid("from", err.Error())
	}
	talks, err := store.Talks(ctx, sms.Thread{Phone: phone, Code: number})
	if err != nil {
		return nil, err
	}
	if c["context"] == "" && len(talks) > 0 {
		known.Dialog = talks[0].Listening()
	}
	return code, nil
}

func inboundOf(cls optout.Classification) *views.Reading {
	out := &views.Reading{
		Class: cls.Kind.String(), MatchedBy: cls.MatchedBy, Review: cls.Review,
		Normalised: cls.Normalised, Rule: cls.Rule,
	}
	if cls.Kind != optout.Neither {
		out.Scope = cls.Scope.String()
	}
	return out
}
