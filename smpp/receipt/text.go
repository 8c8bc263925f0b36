package receipt

import "strings"

// fields are the parts of appendix B's text that are looked at.
type fields struct{ id, stat, err string }

// names are those of appendix B, in lower case.
var names = [...]string{"id", "sub", "dlvrd", "submit date", "done date", "stat", "err", "text"}

// parse finds id, stat and err wherever they stand, in any case; the first of
// each counts. What stands behind "text:" is the subscriber's message, and is
// looked at only for what is not found before it.
func parse(text string) fields {
	var f fields
	rest := text
	for {
		name, value, after, ok := next(rest)
		if !ok {
			return f
		}
		rest = after
		switch name {
		case "id":
			set(&f.id, value)
		case "stat":
			set(&f.stat, value)
		case "err":
			set(&f.err, value)
		}
	}
}

func set(field *string, value string) {
	if *field == "" {
		*field = clean(value)
	}
}

// next finds the next name of appendix B that begins a word and is followed by
// a colon, and the word behind it. Where another name with its colon stands
// instead of that word, the field is empty.
func next(text string) (name, value, rest string, ok bool) {
	for from := 0; ; {
		colon := strings.IndexByte(text[from:], ':')
		if colon < 0 {
			return "", "", "", false
		}
		from += colon + 1
		if name = nameBefore(text[:from-1]); name != "" {
			value, rest = word(text[from:])
			return name, value, rest, true
		}
	}
}

// nameBefore returns the name that text ends with, as a word of its own.
func nameBefore(text string) string {
	for _, name := range names {
		at := len(text) - len(name)
		if at < 0 || !strings.EqualFold(text[at:], name) {
			continue
		}
		if at == 0 || !letter(text[at-1]) {
			return name
		}
	}
	return ""
}

func letter(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c >= 0x80
}

const blanks = " \t\r\n\x00"

// word returns the first word of a text, behind any blanks, and the rest; no
// word if a name and its colon come first.
func word(text string) (first, rest string) {
	text = strings.TrimLeft(text, blanks)
	if startsWithName(text) {
		return "", text
	}
	if end := strings.IndexAny(text, blanks); end >= 0 {
		return text[:end], text[end:]
	}
	return text, ""
}

func startsWithName(text string) bool {
	for _, name := range names {
		if n := len(name); len(text) > n && text[n] == ':' && strings.EqualFold(text[:n], name) {
			return true
		}
	}
	return false
}

// clean takes off what surrounds an id in a C-octet string or a padded field.
func clean(id string) string { return strings.Trim(id, blanks) }
