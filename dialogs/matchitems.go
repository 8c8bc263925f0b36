package dialogs

import (
	"slices"
	"strconv"
	"strings"

	"repartee/sms/fold"
)

// maxItemWords bounds the text that is read as an order.
const maxItemWords = 64

// itemsMatcher is `is: items`: [quantity] item [option]… of the catalogue. No
// word may be left over.
type itemsMatcher struct{}

func (itemsMatcher) kind() kind { return kindList }

func (itemsMatcher) match(h *hearing, l level) (match, bool) {
	if h.older || l == open {
		return match{}, false
	}
	lines, rest := h.c.readItems(h.said, h.langs, l == loose)
	if len(lines) == 0 || len(rest) > 0 {
		return match{}, false
	}
	values := make([]any, len(lines))
	for i, x := range lines {
		values[i] = h.c.lineValue(x.Line, x.counted)
	}
	return match{value: values}, true
}

// notUnderstood is what `unknown` holds: the words that an order leaves over,
// the whole text where nothing else is understood.
func (h *hearing) notUnderstood(replies []*reply) string {
	for _, r := range replies {
		if !slices.Contains(r.matchers, matcher(itemsMatcher{})) {
			continue
		}
		if lines, rest := h.c.readItems(h.said, h.langs, true); len(lines) > 0 && len(rest) > 0 {
			return strings.Join(rest, " ")
		}
	}
	return h.raw
}

// orderLine is a line as it was said: counted when with a number.
type orderLine struct {
	Line
	counted bool
}

// spelling is one way to write an item.
type spelling struct {
	item  *Item
	words []string
}

// itemReader reads an order word by word.
type itemReader struct {
	words     []string
	at        int
	spellings []spelling
	langs     []*lexicon
	edits     bool // one letter of a long word may be wrong
	lines     []orderLine
	rest      []string
}

// readItems reads a text as an order: its lines, and the words that belong to
// none.
func (c *conv) readItems(s *said, langs []*lexicon, edits bool) ([]orderLine, []string) {
	if len(s.words) > maxItemWords {
		return nil, nil
	}
	r := &itemReader{words: s.words, spellings: c.spellings(), langs: langs, edits: edits}
	for r.at < len(r.words) {
		if !r.line() {
			r.skip()
		}
	}
	return r.lines, r.rest
}

// spellings folds the catalogue once a turn.
func (c *conv) spellings() []spelling {
	if c.spelled == nil {
		c.spelled = make([]spelling, 0, 2*len(c.program.Catalogue))
		for i := range c.program.Catalogue {
			it := &c.program.Catalogue[i]
			for _, s := range spellings(it.Words, it.Name, it.Names) {
				if words := fold.Words(s); len(words) > 0 {
					c.spelled = append(c.spelled, spelling{it, words})
				}
			}
		}
	}
	return c.spelled
}

// skip passes over a joining or polite word; any other is left over.
func (r *itemReader) skip() {
	n := r.joint(r.at)
	if n == 0 {
		n = fillerAt(r.words[r.at:], r.langs)
	}
	if n == 0 {
		r.rest = append(r.rest, r.words[r.at])
		n = 1
	}
	r.at += n
}

// joint is 1 where a word such as "and" stands.
func (r *itemReader) joint(at int) int {
	if at < len(r.words) && slices.ContainsFunc(r.langs, func(x *lexicon) bool { return x.and[r.words[at]] }) {
		return 1
	}
	return 0
}

// line reads one line of the order. An item may begin with a digit: it is
// tried before the quantity.
func (r *itemReader) line() bool {
	begin := r.at
	it := r.item()
	quantity, counted := 1, false
	if it == nil {
		n := 0
		if quantity, n = r.quantity(r.at); n == 0 {
			return false
		}
		r.at, counted = r.at+n, true
		for it = r.item(); it == nil && r.at < len(r.words); it = r.item() {
			n := fillerAt(r.words[r.at:], r.langs)
			if n == 0 {
				break
			}
			r.at += n
		}
	}
	if it == nil {
		r.at = begin
		return false
	}
	line := Line{Item: it.Name, Quantity: quantity, Cents: it.Price.Cents}
	for r.option(it, &line) {
	}
	if n, ok := times(r.word()); ok && !counted && !r.itemAfter() {
		line.Quantity, counted = n, true
		r.at++
	}
	r.lines = append(r.lines, orderLine{line, counted})
	return true
}

// itemAfter reports whether the word at this place counts the next item.
func (r *itemReader) itemAfter() bool {
	ahead := *r
	ahead.at++
	return ahead.item() != nil
}

func (r *itemReader) word() string {
	if r.at < len(r.words) {
		return r.words[r.at]
	}
	return ""
}

// item takes the longest item at this place. One that is only nearly written
// must be the only one of its length.
func (r *itemReader) item() *Item {
	var found *Item
	longest, twice := 0, false
	for _, s := range r.spellings {
		if len(s.words) < longest || !r.says(s.words) {
			continue
		}
		if len(s.words) > longest {
			found, twice = s.item, false
		} else if s.item != found {
			twice = true
		}
		longest = len(s.words)
	}
	if r.edits && twice {
		return nil
	}
	r.at += longest
	return found
}

// option takes a choice that the item still lacks, the longest at this place.
func (r *itemReader) option(it *Item, line *Line) bool {
	begin := r.at
	r.at += r.joint(r.at)
	var option *ItemOption
	var choice *ItemChoice
	longest := 0
	for i := range it.Options {
		o := &it.Options[i]
		if line.Choices[o.Name] != "" {
			continue
		}
		for j := range o.Choices {
			ch := &o.Choices[j]
			for _, s := range spellings(ch.Words, ch.Name, ch.Names) {
				if words := fold.Words(s); len(words) > longest && r.says(words) {
					option, choice, longest = o, ch, len(words)
				}
			}
		}
	}
	if choice == nil {
		r.at = begin
		return false
	}
	r.at += longest
	line.choose(option, choice)
	return true
}

// says reports whether the phrase stands at this place: plural or not, with
// one edit where those are allowed.
func (r *itemReader) says(phrase []string) bool {
	if r.at+len(phrase) > len(r.words) {
		return false
	}
	edited := false
	for i, want := range phrase {
		w := r.words[r.at+i]
		if w == want || plurals(w, want) || plurals(want, w) {
			continue
		}
		if !r.edits || edited || !oneEdit(w, want) {
			return false
		}
		edited = true
	}
	return true
}

// plurals reports whether many is one with an s.
func plurals(many, one string) bool {
	return len(one) > 2 && len(many) == len(one)+1 && many[len(one)] == 's' && many[:len(one)] == one && !digits(one)
}

// quantity reads "2", "2x", "x2", "2 x" or a number word, and how many words
// it takes.
func (r *itemReader) quantity(at int) (n, words int) {
	w := r.words[at]
	if i, ok := times(w); ok {
		return i, 1
	}
	if i, ok := count(w); ok {
		if at+1 < len(r.words) && r.words[at+1] == "x" {
			return i, 2
		}
		return i, 1
	}
	for words := min(2, len(r.words)-at); words > 0; words-- {
		phrase := strings.Join(r.words[at:at+words], " ")
		for _, x := range r.langs {
			if i, ok := x.numbers[phrase]; ok && i > 0 {
				return i, words
			}
		}
	}
	return 0, 0
}

// times reads "x2" and "2x".
func times(w string) (int, bool) {
	d := strings.TrimPrefix(w, "x")
	if d == w {
		d = strings.TrimSuffix(w, "x")
	}
	n, ok := count(d)
	return n, ok && d != w
}

func count(d string) (int, bool) {
	n, err := strconv.Atoi(d)
	return n, err == nil && digits(d) && n > 0 && n <= maxQuantity
}
