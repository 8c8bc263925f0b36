package contacts

import (
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"repartee/sms"
)

// Suppression is a row of the suppression list. Phone is 0 when only its keyed
// hash is known.
type Suppression struct {
	Phone   sms.MSISDN
	Hash    []byte
	Scope   string // program, code, everywhere, marketing, unreachable, invalid
	ScopeID int32  // the code or program
	Since   time.Time
	Until   time.Time // end of scope unreachable, zero for the others
	Reason  string
}

// Bad is a row that was not taken, and why.
type Bad struct {
	Line int
	Why  string
}

// ReadSuppressions reads a CSV file with a header: msisdn or hash, and, as they
// are known, scope (default everywhere), scope_id, since, until, reason.
func ReadSuppressions(r io.Reader) (rows []Suppression, bad []Bad, err error) {
	bad, err = read(r, []string{"msisdn", "hash", "scope", "scope_id", "since", "until", "reason"}, func(_ int, f fields) error {
		s, err := suppression(f)
		if err == nil {
			rows = append(rows, s)
		}
		return err
	})
	return rows, bad, err
}

func suppression(f fields) (s Suppression, err error) {
	s.Scope, s.Reason = f["scope"], f["reason"]
	if s.Scope == "" {
		s.Scope = "everywhere"
	}
	if s.Reason == "" {
		s.Reason = "import"
	}
	switch {
	case f["msisdn"] != "":
		s.Phone, err = sms.ParseMSISDN(f["msisdn"])
	case len(f["hash"]) == 64:
		s.Hash, err = hex.DecodeString(f["hash"])
	default:
		err = errors.New("neither msisdn nor hash (64 hex digits)")
	}
	if err == nil && f["since"] != "" {
		s.Since, err = time.Parse(time.RFC3339, f["since"])
	}
	if err == nil && f["until"] != "" {
		s.Until, err = time.Parse(time.RFC3339, f["until"])
	}
	if err != nil {
		return s, err
	}
	return s, s.check(f)
}

// check compares the scope with what it needs.
func (s *Suppression) check(f fields) error {
	if (s.Scope == "unreachable") == s.Until.IsZero() {
		return fmt.Errorf("scope unreachable, and no other, needs an until such as 2026-07-14T10:00:00Z")
	}
	id, bad := strconv.ParseInt(f["scope_id"], 10, 32)
	s.ScopeID = int32(id)
	switch s.Scope {
	case "program", "code":
		if bad != nil || id <= 0 {
			return fmt.Errorf("scope %s needs a scope_id", s.Scope)
		}
	case "everywhere", "marketing", "unreachable", "invalid":
		if id != 0 {
			return fmt.Errorf("scope %s has no scope_id", s.Scope)
		}
	default:
		return fmt.Errorf("scope %q: it is program, code, everywhere, marketing, unreachable or invalid", s.Scope)
	}
	return nil
}

// WriteSuppressions writes the list as [ReadSuppressions] reads it.
func WriteSuppressions(w io.Writer, rows []Suppression) error {
	c := csv.NewWriter(w)
	_ = c.Write([]string{"hash", "scope", "scope_id", "since", "until", "reason"}) // Flush keeps the error
	for _, s := range rows {
		until := ""
		if !s.Until.IsZero() {
			until = s.Until.UTC().Format(time.RFC3339)
		}
		_ = c.Write([]string{hex.EncodeToString(s.Hash), s.Scope, strconv.Itoa(int(s.ScopeID)), s.Since.UTC().Format(time.RFC3339), until, guarded(s.Reason)})
	}
	c.Flush()
	return c.Error()
}
