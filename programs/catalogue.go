package programs

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"repartee/dialogs"
	"repartee/sms/fold"
)

// Catalogue is what can be ordered from a program, in the order of the menu.
type Catalogue struct {
	Program   string   `key:"program" required:"true"`
	Minimum   Price    `key:"minimum" default:"0"`    // of an order
	Postcodes []string `key:"postcodes" max:"12"`     // that it delivers to; none: everywhere
	URL       string   `key:"url" is:"url" max:"100"` // of an order, with {number}
	Items     []Item   `key:"items" required:"true"`

	at positions
}

// Item is one line of the menu.
type Item struct {
	Name    string            `key:"name" required:"true" max:"40" json:"name"`
	Names   map[string]string `key:"names" max:"40" json:"names,omitempty"` // by language
	Words   []string          `key:"words" max:"40" json:"words,omitempty"` // other words for it
	Price   Price             `key:"price" default:"0" json:"price"`
	Options ItemOptions       `key:"options" json:"options,omitempty"`
	SoldOut bool              `key:"sold_out" default:"false" json:"sold_out,omitempty"`
	Hidden  bool              `key:"hidden" default:"false" json:"hidden,omitempty"`                 // not on the menu: for `reserve`
	Stock   int               `key:"stock" default:"0" min:"0" max:"1000000" json:"stock,omitempty"` // that can be reserved at each place; 0 sets no limit
}

// ItemOptions are what is to be chosen about an item, in the order of the file.
type ItemOptions []ItemOption

// ItemOption is one of them: its size.
type ItemOption struct {
	Name    string       `json:"name"`
	Title   Texts        `json:"title,omitempty"`
	Choices []ItemChoice `json:"choices"`
}

// optionKeys are the keys of an option.
type optionKeys struct {
	Title   Texts        `key:"title" max:"40"`
	Choices []ItemChoice `key:"choices" required:"true"`
}

// ItemChoice is one way to have an item; its price comes on top.
type ItemChoice struct {
	Name  string            `key:"name" required:"true" max:"40" json:"name"`
	Names map[string]string `key:"names" max:"40" json:"names,omitempty"`
	Words []string          `key:"words" max:"40" json:"words,omitempty"`
	Price Price             `key:"price" default:"0" json:"price,omitempty"`
}

func (c *Catalogue) kind() string             { return "catalogue" }
func (c *Catalogue) key() string              { return c.Program }
func (c *Catalogue) position() positions      { return c.at }
func (c *Catalogue) setPosition(at positions) { c.at = at }

// readNode reads a map from the name of an option to its title and choices.
func (o *ItemOptions) readNode(r *reader, n ast.Node, path string, at positions) {
	entries, _ := r.mapping(n, "`options`")
	for _, e := range entries {
		var read optionKeys
		if err := checkName(e.key); err != nil {
			r.failAt(e.at, "", "`options`: %v", err)
		}
		r.readStruct(e.value, addressable(&read), join(path, e.key), at, "option `"+e.key+"`")
		*o = append(*o, ItemOption{Name: e.key, Title: read.Title, Choices: read.Choices})
	}
}

// String writes the options as a plan shows them.
func (o ItemOptions) String() string {
	if len(o) == 0 {
		return ""
	}
	return fmt.Sprint([]ItemOption(o))
}

// compileCatalogue checks the items and makes them what conversations see.
func (c *compiler) compileCatalogue(cat *Catalogue) {
	c.ofProgram(cat, cat.Program)
	p := c.snapshot.programs[cat.Program]
	if p == nil {
		return
	}
	seen := map[string]bool{}
	for i := range cat.Items {
		it := &cat.Items[i]
		path := fmt.Sprintf("items.%d", i)
		if seen[it.Name] {
			c.fail(cat, path, "", "catalogue %s: item `%s` is given twice", cat.Program, it.Name)
		}
		seen[it.Name] = true
		c.checkLanguages(cat, path, p, it.Names)
		if !it.Hidden && !it.SoldOut {
			p.Menu = append(p.Menu, it.dialog())
		}
	}
	p.Postcodes = cat.Postcodes
}

// checkLanguages reports languages that the program does not speak.
func (c *compiler) checkLanguages(o object, path string, p *Program, names map[string]string) {
	for _, lang := range sortedKeys(names) {
		if lang != "" && !slices.Contains(p.Languages, lang) {
			c.fail(o, path, unknown(lang, p.Languages), "%s %s: `%s` is not a language of program %s", o.kind(), o.key(), lang, p.Name)
		}
	}
}

func (it *Item) dialog() dialogs.Item {
	made := dialogs.Item{Name: it.Name, Names: it.Names, Words: it.Words, Price: dialogs.Money{Cents: int64(it.Price)}}
	for _, o := range it.Options {
		option := dialogs.ItemOption{Name: o.Name, Titles: o.Title}
		for _, ch := range o.Choices {
			option.Choices = append(option.Choices, dialogs.ItemChoice{Name: ch.Name, Names: ch.Names, Words: ch.Words, Price: dialogs.Money{Cents: int64(ch.Price)}})
		}
		made.Options = append(made.Options, option)
	}
	return made
}

// itemNames are the names that flows may write out.
func itemNames(items []Item) []string {
	names := make([]string, len(items))
	for i := range items {
		names[i] = items[i].Name
	}
	return names
}

// Known reports whether the words are in the item's name, in any language, or
// in one of its other words.
func (it *Item) Known(words string) bool {
	wanted := " " + fold.Text(words) + " "
	has := func(name string) bool { return strings.Contains(" "+fold.Text(name)+" ", wanted) }
	return has(it.Name) || slices.ContainsFunc(it.Words, has) || slices.ContainsFunc(slices.Collect(maps.Values(it.Names)), has)
}
