package programs

import (
	_ "embed"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"

	"repartee/smpp/coding"
	"repartee/sms"
)

// Answers holds texts by name (see [AnswerNames]) and language.
type Answers map[string]map[string]string

//go:embed answers.yaml
var answersFile []byte

// builtin returns the texts of answers.yaml.
var builtin = sync.OnceValue(func() Answers {
	texts := Answers{}
	if err := yaml.Unmarshal(answersFile, &texts); err != nil {
		panic("programs: answers.yaml: " + err.Error()) // embedded; a test reads it
	}
	return texts
})

// AnswerNames are the standard answers of a program, in the order of the
// documentation.
func AnswerNames() []string {
	return []string{"stop", "stop-program", "stopped-already", "help", "start", "opt-in", "unknown", "sorry", "contact", "task-closed", "task-which"}
}

// AnswerLanguages are the languages for which built-in texts exist.
func AnswerLanguages() []string { return slices.Sorted(maps.Keys(builtin()["stop"])) }

// parameters are what a text may name in braces.
var parameters = []string{"brand", "program", "contact", "code", "frequency"}

// Answer returns the standard text of that name in the language, with its
// parameters filled in for the short code. It falls back to the program's
// first language, then to English; "" for a name that is none.
func (p *Program) Answer(code sms.ShortCode, name, language string) string {
	languages := []string{language}
	languages = append(languages, p.Languages...)
	for _, lang := range append(languages, "en") {
		if text := p.answerIn(name, lang); text != "" {
			return p.fill(text, lang, code)
		}
	}
	return ""
}

// answerIn returns the program's own text, else the built-in one: the variant
// of its country ("stop.US"), where carriers want other words, before the
// common one.
func (p *Program) answerIn(name, lang string) string {
	for _, text := range []string{p.Answers[name][lang], builtin()[name+"."+p.Country][lang], builtin()[name][lang]} {
		if text != "" {
			return text
		}
	}
	return ""
}

// fill replaces the parameters of a text. A program without a title is called
// by its brand.
func (p *Program) fill(text, lang string, code sms.ShortCode) string {
	if !strings.ContainsRune(text, '{') {
		return text
	}
	if p.Title == "" {
		text = strings.ReplaceAll(text, "{brand} {program}", "{brand}")
	}
	if strings.Contains(text, "{frequency}") {
		text = strings.ReplaceAll(text, "{frequency}", p.promise(lang))
	}
	title := p.Title
	if title == "" {
		title = p.Brand
	}
	return strings.NewReplacer("{brand}", p.Brand, "{program}", title, "{contact}", p.Contact, "{code}", code.String()).Replace(text)
}

// promise says how many messages the program sends at most, from its longest
// limit: carriers in North America want the number.
func (p *Program) promise(lang string) string {
	name, n := "frequency.none", 0
	switch f := p.Frequency; {
	case f.PerMonth > 0:
		name, n = "frequency.month", f.PerMonth
	case f.PerWeek > 0:
		name, n = "frequency.week", f.PerWeek
	case f.PerDay > 0:
		name, n = "frequency.day", f.PerDay
	}
	text := builtin()[name][lang]
	if text == "" {
		text = builtin()[name]["en"]
	}
	return strings.ReplaceAll(text, "{n}", strconv.Itoa(n))
}

var parameterForm = regexp.MustCompile(`\{([^{}]*)\}`)

// checkAnswers checks the texts that a program gives itself, that every
// language of it has the texts that the rules of the trade want, and that each
// is one segment.
func (c *compiler) checkAnswers(p *Program) {
	for _, name := range sortedKeys(p.Answers) {
		if !slices.Contains(AnswerNames(), name) {
			c.fail(p, "answers."+name, unknown(name, AnswerNames()), "program %s: `%s` is not an answer", p.Name, name)
			continue
		}
		for _, lang := range sortedKeys(p.Answers[name]) {
			c.checkAnswer(p, name, lang)
		}
	}
	for i, lang := range p.Languages {
		for _, name := range AnswerNames() {
			c.checkLength(p, name, lang, i)
		}
	}
}

// checkLength refuses an answer that is missing or needs more than one SMS.
// The longest short code stands for all.
func (c *compiler) checkLength(p *Program, name, lang string, i int) {
	text := p.answerIn(name, lang)
	if text == "" {
		c.fail(p, fmt.Sprintf("languages.%d", i), "write answers: {"+name+": {"+lang+": …}}", "program %s: there is no answer `%s` in `%s`", p.Name, name, lang)
		return
	}
	const longest = 999999
	n, alphabet := coding.Count(p.fill(text, lang, longest), coding.GSM7)
	if n <= 1 {
		return
	}
	path, hint := "answers."+name+"."+lang, "shorten it"
	if p.Answers[name][lang] == "" {
		path, hint = "brand", "shorten brand, title or contact, or write the answer yourself"
	} else if alphabet == coding.UCS2 {
		hint = "shorten it, or use letters of the GSM alphabet only"
	}
	c.fail(p, path, hint, "program %s: answer `%s` in `%s` needs %d SMS, one is allowed", p.Name, name, lang, n)
}

func (c *compiler) checkAnswer(p *Program, name, lang string) {
	path, text := "answers."+name+"."+lang, p.Answers[name][lang]
	if !slices.Contains(p.Languages, lang) {
		c.fail(p, path, unknown(lang, p.Languages), "program %s: `%s` is not a language of it", p.Name, lang)
	}
	if text == "" {
		c.fail(p, path, "leave it out for the built-in text", "program %s: answer `%s` is empty in `%s`", p.Name, name, lang)
	}
	for _, found := range parameterForm.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(parameters, found[1]) {
			c.fail(p, path, unknown(found[1], parameters), "program %s: `{%s}` is not a parameter of an answer", p.Name, found[1])
		}
	}
}
