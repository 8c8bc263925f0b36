// Package keywords finds the keyword of a short code with which a text begins
// and what the rest of the text says: "Pizza: 2 large" is PIZZA with "2 large".
//
// It owns the comparison of words (folded by sms/fold), aliases, the tolerance
// for one typo, the windows in which a keyword answers, and the report of
// keywords that hide each other. [Compile] makes an immutable [Router]; to
// change keywords, make another and swap it. The package is pure: the moment
// comes as an argument. It must never import I/O, dialogs or optout: which words
// are reserved is handed in. A keyword that cannot work comes back as a
// [Problem] and is left out of the router; the others work.
package keywords

import (
	"time"

	"repartee/sms"
)

// Keyword is one word on one short code and what it starts.
type Keyword struct {
	Code    sms.ShortCode
	Word    string // one word or several, in any spelling
	Aliases []string
	// What the word starts, and for whom; not read here.
	Program, Flow, Language string
	Inputs                  map[string]string
	// Place tells keywords of one word apart: PIZZA LYON takes the one whose
	// place is lyon, and the place is no argument then. A text without a place
	// takes the keyword without one, else the first.
	Place string
	// From and Until are wall clock times in Zone, whatever zone they carry:
	// the keyword answers from From on and no more at Until. Zero is no limit.
	From, Until time.Time
	// Days ("mon-fri", "sat,sun") and Hours ("18:00-23:30") limit it further,
	// in Zone. Of several keywords that answer a word at one time, the one
	// whose window is the narrowest does.
	Days, Hours string
	Zone        *time.Location
}

// Problem is what [Compile] has to say about one keyword.
type Problem struct {
	// Index of the keyword in what Compile was given.
	Index int
	// Text says what is wrong, Hint what to do.
	Text, Hint string
	// Warning marks what works, though perhaps not as meant; a keyword with any
	// other problem is left out.
	Warning bool
}

// Route is what a text was found to mean.
type Route struct {
	Keyword *Keyword
	// Args is the rest of the text as it was written.
	Args string
	// Alone says that the text has no further words.
	Alone bool
	// Typo says that the word is one letter off.
	Typo bool
	// Rule names what matched, for people: "keyword PIZZA, alias PIZA".
	Rule string
}
