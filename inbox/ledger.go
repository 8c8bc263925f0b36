package inbox

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"

	"repartee/sms"
)

// record is what a ledger entry proves a change with: the phone's own text, or
// a change that came another way.
type record struct {
	row       *sms.Inbound // nil: change says all
	matchedBy string       // the evidence in the text
	shown     string       // the wording of the question or answer that goes with it
	change    *ConsentData
}

// why is the reason of the change, or else the one given.
func (r record) why(otherwise string) string {
	if r.change != nil && r.change.Reason != "" {
		return r.change.Reason
	}
	return otherwise
}

// facts are the record as the entry keeps it: strings and numbers only, and
// nothing that an erasure would have to take away.
func (r record) facts(b *batch) map[string]any {
	f := map[string]any{"at": b.now.UTC(), "config": b.snap.Version}
	set := func(name, value string) {
		if value != "" {
			f[name] = value
		}
	}
	set("shown", r.shown)
	set("matched_by", r.matchedBy)
	if r.row != nil {
		f["actor"], f["message"], f["carrier"], f["rule"] = "phone", r.row.ID, r.row.Carrier, r.row.Rule
	}
	if c := r.change; c != nil {
		f["actor"], f["reason"] = c.Actor, c.Reason
		set("by", c.By)
		set("shown", c.Shown)
		set("source", c.Source)
		if !c.Until.IsZero() {
			f["until"] = c.Until.UTC()
		}
		if c.Review != 0 {
			f["message"] = c.Review
		}
	}
	return f
}

// words are the phone's text and its salt.
type words struct {
	Text string `json:"text"`
	Salt string `json:"salt"`
}

// WordsHash is the hash of what a phone wrote, as the entry holds it. The salt
// goes with the words: without it, nobody can find them by trying.
func WordsHash(text, salt string) string {
	h := sha256.Sum256([]byte(salt + "\x00" + text))
	return hex.EncodeToString(h[:])
}

// ledger appends to the thread's chain of consent records.
func (b *batch) ledger(t *Thread, program int32, event, scope string, r record) sms.ID {
	facts := r.facts(b)
	e := LedgerEntry{ID: b.in.IDs.Next(b.now), Thread: t.Key, Program: program, Event: event, Scope: scope, PrevHash: t.Ledger}
	if r.row != nil && r.row.Text != "" {
		w := words{Text: r.row.Text, Salt: rand.Text()}
		facts["words"] = WordsHash(w.Text, w.Salt)
		e.Words = mustJSON(w)
	}
	e.Entry = mustJSON(facts)
	e.Hash = LedgerHash(&e, b.in.PhoneHash(t.Key.Phone))
	t.Ledger = e.Hash
	b.w.Ledger = append(b.w.Ledger, e)
	return e.ID
}

func mustJSON(v any) []byte {
	doc, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings, numbers and a time always marshal
	}
	return doc
}

// LedgerHash chains an entry to the one before it on its thread: SHA-256 over
// the previous hash, the id, the keyed hash of the phone, the code, the
// program, event, scope and entry, each field with its length. It does not use
// the number itself, so that the chain survives the erasure of a contact.
func LedgerHash(e *LedgerEntry, phoneHash []byte) []byte {
	h := sha256.New()
	field := func(b []byte) {
		var n [4]byte
		binary.BigEndian.PutUint32(n[:], uint32(len(b)))
		_, _ = h.Write(n[:])
		_, _ = h.Write(b)
	}
	var numbers [16]byte
	binary.BigEndian.PutUint64(numbers[:], uint64(e.ID))
	binary.BigEndian.PutUint32(numbers[8:], uint32(e.Thread.Code))
	binary.BigEndian.PutUint32(numbers[12:], uint32(e.Program))
	field(e.PrevHash)
	field(numbers[:])
	field(phoneHash)
	field([]byte(e.Event))
	field([]byte(e.Scope))
	field(e.Entry)
	return h.Sum(nil)
}
