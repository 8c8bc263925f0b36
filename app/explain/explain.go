// Package explain answers "why did, or would, this happen?" for one text or one
// message, with the very functions that decide on the message path: the
// classifier, the keyword router and the gate. It owns the columns of a case,
// the defaults of what a case leaves open and the form of the answers. It must
// never decide anything itself. Without a [Gateway] it knows no database and
// judges by the built-in rules alone.
package explain

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"repartee/dialogs"
	"repartee/outbox"
	"repartee/programs"
	"repartee/sms"
	"repartee/views"
)

// Case is one question: values by the names of the command's flags, and "text".
// An absent or empty value means the default.
type Case map[string]string

// Gateway is the configuration in force and the stored standing of phones, for
// cases that name a short code or a program.
type Gateway struct {
	Snapshot func() *programs.Snapshot
	Store    Store
}

// Store reads what is stored of phones, and locks nothing.
type Store interface {
	// Persons reads what the gate knows of phones on codes.
	Persons(ctx context.Context, threads []sms.Thread) (map[sms.Thread]*outbox.Person, error)
	// Talks reads the open conversations of a phone on a code, front first.
	Talks(ctx context.Context, t sms.Thread) ([]dialogs.Talk, error)
}

// Inbound explains one text to a running gateway.
func (g *Gateway) Inbound(ctx context.Context, c map[string]string, now time.Time) (*views.Reading, error) {
	return Case(c).Inbound(ctx, g, now)
}

// Outbound explains one message of a running gateway.
func (g *Gateway) Outbound(ctx context.Context, c map[string]string, now time.Time) (*views.Judgement, error) {
	return Case(c).Outbound(ctx, g, now)
}

// The columns that a case may have.
var (
	InboundColumns  = []string{"short-code", "from", "context", "language", "sms-plus", "text"}
	OutboundColumns = []string{
		"to", "class", "at", "profile", "program", "sent", "consent", "suppressed", "paused-until", "expires", "when-quiet",
		"country", "region", "postal-code", "time-zone",
	}
)

// Check refuses columns that are not among those known.
func Check(columns, known []string) error {
	for i, c := range columns {
		if !slices.Contains(known, c) {
			return fmt.Errorf("column %d is %q, which is not known here: use %s", i+1, c, strings.Join(known, ", "))
		}
		if slices.Contains(columns[:i], c) {
			return fmt.Errorf("column %q is there twice", c)
		}
	}
	return nil
}

// NeedsGateway reports whether cases with these columns read the database.
func NeedsGateway(columns []string) bool {
	return slices.Contains(columns, "short-code") || slices.Contains(columns, "program")
}

// Unescape reads \n, \r, \t, \\ and \uXXXX (two for a character beyond U+FFFF)
// in a text; other backslashes stand for themselves.
func Unescape(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	var units []uint16
	var out strings.Builder
	for text != "" {
		if strings.HasPrefix(text, `\u`) && len(text) >= 6 {
			if n, err := strconv.ParseUint(text[2:6], 16, 16); err == nil {
				units, text = append(units, uint16(n)), text[6:]
				continue
			}
		}
		flush(&out, &units)
		if c, ok := escapes[text[:min(2, len(text))]]; ok {
			out.WriteByte(c)
			text = text[2:]
			continue
		}
		out.WriteByte(text[0])
		text = text[1:]
	}
	flush(&out, &units)
	return out.String()
}

// flag reads true or false, however it is usually written.
func flag(c Case, name string) (bool, error) {
	if c[name] == "" {
		return false, nil
	}
	b, err := strconv.ParseBool(c[name])
	if err != nil {
		return false, invalid(name, fmt.Sprintf("%s is %q: write true or false", name, c[name]))
	}
	return b, nil
}

// invalid says what is wrong with a column.
func invalid(column, text string) error { return &views.InvalidError{Field: column, Text: text} }
