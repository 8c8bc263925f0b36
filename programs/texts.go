package programs

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// Texts are what people read, by language; "" holds one text for all.
type Texts map[string]string

// In returns the text in the language, else the one for all, else the one in
// the first language that there is.
func (t Texts) In(language string) string {
	for _, key := range append([]string{language, ""}, sortedKeys(t)...) {
		if s := t[key]; s != "" {
			return s
		}
	}
	return ""
}

// readNode reads one text, or a map from language to text.
func (t *Texts) readNode(r *reader, n ast.Node, path string, at positions) {
	read := map[string]string{}
	if _, isMap := bare(n).(ast.MapNode); isMap {
		r.readMap(n, addressable(&read), field{key: path, max: "60"}, path, at)
	} else if text, ok := r.scalar(n, "`"+path+"`"); ok {
		read[""] = text
	}
	for _, lang := range sortedKeys(read) {
		if lang != "" && checkLanguage(lang) != nil {
			r.failAt(at.of(join(path, lang)), "", "`%s`: %v", path, checkLanguage(lang))
		}
		if read[lang] == "" {
			r.fail(n, "", "`%s` is empty", path)
		}
	}
	*t = read
}

// String writes the texts as a plan shows them.
func (t Texts) String() string {
	if len(t) == 1 && t[""] != "" {
		return t[""]
	}
	list := make([]string, 0, len(t))
	for _, lang := range sortedKeys(t) {
		list = append(list, lang+": "+t[lang])
	}
	return strings.Join(list, ", ")
}

// Price is an amount in hundredths of the program's currency.
type Price int64

var priceForm = regexp.MustCompile(`^[0-9]{1,9}([.][0-9]{1,2})?$`)

func (p *Price) setText(text string) error {
	if !priceForm.MatchString(text) {
		return fmt.Errorf("%q is not a price: write it such as 9.90", text)
	}
	whole, rest, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole+(rest + "00")[:2], 10, 64)
	*p = Price(n)
	return err
}

// String returns the price as a file writes it: 9.90.
func (p Price) String() string { return fmt.Sprintf("%d.%02d", p/100, p%100) }
