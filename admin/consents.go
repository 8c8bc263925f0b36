package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"repartee/contacts"
	"repartee/sms"
	"repartee/views"
)

// maxImport bounds a file that is imported.
const maxImport = 64 << 20

// Standing is what is known of a phone's consent.
type Standing struct {
	MSISDN   string       `json:"msisdn"`
	Programs []Consent    `json:"programs"`
	Stopped  []string     `json:"stopped" doc:"short codes that the phone has stopped"`
	Listed   []ListEntry  `json:"listed" doc:"entries of the suppression list"`
	Ledger   []LedgerLine `json:"ledger" doc:"oldest first"`
}

// Consent is a phone's consent to one program.
type Consent struct {
	Program string    `json:"program"`
	State   string    `json:"state"`
	Since   time.Time `json:"since"`
}

// ListEntry is an entry of the suppression list.
type ListEntry struct {
	Scope   string     `json:"scope" enum:"program,code,everywhere,marketing,unreachable,invalid"`
	ScopeID int32      `json:"scope_id,omitempty" doc:"the short code or program"`
	Since   time.Time  `json:"since"`
	Until   *time.Time `json:"until,omitempty" doc:"the end of a pause"`
	Reason  string     `json:"reason"`
}

// LedgerLine is an entry of the consent ledger.
type LedgerLine struct {
	ID        string         `json:"id"`
	ShortCode string         `json:"short_code,omitempty"`
	Program   string         `json:"program,omitempty"`
	Event     string         `json:"event"`
	Scope     string         `json:"scope,omitempty"`
	Text      string         `json:"text,omitempty" doc:"what the phone wrote"`
	Facts     map[string]any `json:"facts" doc:"the wording shown, who acted and why, the message, the rule"`
}

// showConsents shows callers who are narrowed what concerns their programs.
func (s *Server) showConsents(ctx context.Context, in *PhonePath) (*answer[Standing], error) {
	phone, err := in.phone()
	if err != nil {
		return nil, err
	}
	st, err := s.Consents.Show(ctx, phone)
	if err != nil {
		return nil, err
	}
	caller := visitOf(ctx).caller
	out := Standing{MSISDN: phone.String(), Programs: []Consent{}, Stopped: []string{}, Listed: []ListEntry{}, Ledger: []LedgerLine{}}
	for _, p := range st.Programs {
		if caller.Within(p.Program) {
			out.Programs = append(out.Programs, Consent{p.Program, p.State, p.Since.UTC()})
		}
	}
	for _, code := range st.Stops {
		if s.reachesCode(ctx, code) {
			out.Stopped = append(out.Stopped, code.String())
		}
	}
	for _, l := range st.Listed {
		if !s.reachesEntry(ctx, l.Scope, l.ScopeID) {
			continue
		}
		out.Listed = append(out.Listed, ListEntry{l.Scope, l.ScopeID, l.Since.UTC(), l.Until, l.Reason})
	}
	for _, l := range st.Ledger {
		if caller.Within(l.Program) || l.Program == "" && s.reachesCode(ctx, l.Code) {
			out.Ledger = append(out.Ledger, ledgerLine(l))
		}
	}
	return &answer[Standing]{out}, nil
}

// reachesEntry reports whether an entry of the suppression list is for the
// caller to know: those of everything concern each program.
func (s *Server) reachesEntry(ctx context.Context, scope string, id int32) bool {
	switch scope {
	case "code":
		return s.reachesCode(ctx, sms.ShortCode(id))
	case "program":
		return visitOf(ctx).caller.Within(s.scopeName(scope, id))
	}
	return true
}

func ledgerLine(l views.LedgerLine) LedgerLine {
	out := LedgerLine{ID: l.ID.String(), Program: l.Program, Event: l.Event, Scope: l.Scope, Text: l.Text, Facts: l.Facts}
	if l.Code != 0 {
		out.ShortCode = l.Code.String()
	}
	return out
}

// NewSuppression stops a phone, for a refusal that came by letter, call or
// complaint.
type NewSuppression struct {
	MSISDN string `json:"msisdn"`
	Scope  string `json:"scope,omitempty" enum:"everywhere,marketing" default:"everywhere" doc:"marketing: a pause of marketing only"`
	Because
}

// Counted says how many entries changed.
type Counted struct {
	Changed int64 `json:"changed"`
}

func (s *Server) addSuppression(ctx context.Context, in *answer[NewSuppression]) (*answer[Counted], error) {
	if err := whole(ctx); err != nil {
		return nil, err
	}
	phone, err := sms.ParseMSISDN(in.Body.MSISDN)
	if err != nil {
		return nil, invalid("body.msisdn", err.Error())
	}
	row := contacts.Suppression{Phone: phone, Scope: in.Body.Scope, Reason: in.Body.Reason}
	if row.Scope == "" {
		row.Scope = "everywhere"
	}
	n, err := s.Consents.Suppress(ctx, []contacts.Suppression{row}, "person", visitOf(ctx).name(), s.Clock())
	if err != nil {
		return nil, err
	}
	return &answer[Counted]{Counted{n}}, s.record(ctx, "suppressed", "phone "+phone.Masked(), "", nil, obj{"scope": row.Scope, "reason": row.Reason})
}

type liftInput struct {
	PhonePath
	Body Because
}

func (s *Server) liftSuppression(ctx context.Context, in *liftInput) (*answer[Counted], error) {
	if err := whole(ctx); err != nil {
		return nil, err
	}
	phone, err := in.phone()
	if err != nil {
		return nil, err
	}
	n, err := s.Consents.Lift(ctx, phone, visitOf(ctx).name(), in.Body.Reason, s.Clock())
	if err == nil && n == 0 {
		err = &views.NotFoundError{Text: phone.Masked() + " is not on the list"}
	}
	if err != nil {
		return nil, err
	}
	return &answer[Counted]{Counted{n}}, s.record(ctx, "lifted", "phone "+phone.Masked(), "", nil, in.Body)
}

type importInput struct {
	RawBody []byte `contentType:"text/csv"`
}

// Imported is the report of an import: a bad row costs no other.
type Imported struct {
	Rows  int      `json:"rows" doc:"that could be read"`
	Taken int64    `json:"taken" doc:"that were new"`
	Bad   []BadRow `json:"bad"`
}

// BadRow is a row that was not taken.
type BadRow struct {
	Line int    `json:"line"`
	Why  string `json:"why"`
}

func badRows(bad []contacts.Bad) []BadRow {
	out := make([]BadRow, 0, len(bad))
	for _, b := range bad {
		out = append(out, BadRow{b.Line, b.Why})
	}
	return out
}

func (s *Server) importSuppressions(ctx context.Context, in *importInput) (*answer[Imported], error) {
	if err := whole(ctx); err != nil {
		return nil, err
	}
	rows, bad, err := contacts.ReadSuppressions(bytes.NewReader(in.RawBody))
	if err != nil {
		return nil, invalid("body", err.Error())
	}
	taken, err := s.Consents.Suppress(ctx, rows, "import", visitOf(ctx).name(), s.Clock())
	if err != nil {
		return nil, err
	}
	out := Imported{Rows: len(rows), Taken: taken, Bad: badRows(bad)}
	return &answer[Imported]{out}, s.record(ctx, "imported", "suppressions", "", nil, obj{"rows": out.Rows, "taken": taken, "bad": len(bad)})
}

func (s *Server) exportSuppressions(ctx context.Context, _ *nothing) (*fileAnswer, error) {
	if err := whole(ctx); err != nil {
		return nil, err
	}
	rows, err := s.Consents.Suppressions(ctx)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := contacts.WriteSuppressions(&b, rows); err != nil {
		return nil, err
	}
	return &fileAnswer{"text/csv; charset=utf-8", b.Bytes()}, s.record(ctx, "exported", "suppressions", "", nil, obj{"rows": len(rows)})
}

func (s *Server) importContacts(ctx context.Context, in *importInput) (*answer[Imported], error) {
	if err := whole(ctx); err != nil {
		return nil, err
	}
	rows, bad, err := contacts.ReadContacts(bytes.NewReader(in.RawBody))
	if err != nil {
		return nil, invalid("body", err.Error())
	}
	taken, refused, err := s.Consents.Import(ctx, rows, visitOf(ctx).name(), s.Clock())
	if err != nil {
		return nil, err
	}
	out := Imported{Rows: len(rows), Taken: int64(taken), Bad: badRows(append(bad, refused...))}
	return &answer[Imported]{out}, s.record(ctx, "imported", "contacts", "", nil, obj{"rows": out.Rows, "taken": taken, "bad": len(out.Bad)})
}

// exportContact gives everything stored about a phone (GDPR art. 15).
func (s *Server) exportContact(ctx context.Context, in *PhonePath) (*answer[map[string]json.RawMessage], error) {
	if err := whole(ctx); err != nil {
		return nil, err
	}
	phone, err := in.phone()
	if err != nil {
		return nil, err
	}
	tables, err := s.Consents.Export(ctx, phone)
	if err != nil {
		return nil, err
	}
	return &answer[map[string]json.RawMessage]{tables}, s.record(ctx, "exported", "phone "+phone.Masked(), "", nil, nil)
}

// eraseContact deletes everything about a phone but its refusals (GDPR art. 17).
func (s *Server) eraseContact(ctx context.Context, in *liftInput) (*answer[views.Erased], error) {
	if err := whole(ctx); err != nil {
		return nil, err
	}
	phone, err := in.phone()
	if err != nil {
		return nil, err
	}
	gone, err := s.Consents.Erase(ctx, phone, visitOf(ctx).name(), in.Body.Reason, s.Clock())
	if err != nil {
		return nil, err
	}
	return &answer[views.Erased]{gone}, s.record(ctx, "erased", "phone "+phone.Masked(), "", nil, obj{"reason": in.Body.Reason, "rows": fmt.Sprint(sum(gone)) + " in " + strconv.Itoa(len(gone)) + " tables"})
}

func sum(gone views.Erased) (n int64) {
	for _, rows := range gone {
		n += rows
	}
	return n
}
