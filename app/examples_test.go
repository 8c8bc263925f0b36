package app

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/accounts"
)

// restaurant is what the examples of docs/api.md speak of.
const restaurant = `
programs:
  - {name: pizza-roma, brand: Pizza Roma, contact: "0800 111 222", country: FR, languages: [en, fr], time_zone: Europe/Paris}
short_codes:
  - {number: "36111", country: FR, carriers: [sim], program: pizza-roma}
keywords:
  - {short_code: "36111", word: LUNCH, program: pizza-roma, flow: free-meal}
flows:
  - flow: free-meal
    class: transactional
    inputs: {table: {type: text, default: ""}}
    start: offer
    states:
      offer: {say: "Lunch is on us today.", replies: [{is: yes, end: completed}]}
`

// TestExamplesOfTheAPI runs each command of docs/api.md: a gateway must answer.
func TestExamplesOfTheAPI(t *testing.T) {
	t.Parallel()
	manual, err := os.ReadFile("../docs/api.md")
	require.NoError(t, err)
	w := newWorld(t, "")
	w.apply(restaurant)
	guest := &phone{w: w, Phone: w.smsc.Phone(33612345678)}
	require.Eventually(t, func() bool { return w.gw.snap.Load().Program("pizza-roma") != nil }, 10*time.Second, 10*time.Millisecond)
	guest.text("LUNCH", "Lunch is on us today.")
	key := accounts.NewToken("rk_")
	_, err = w.gw.accounts.AddKey(w.context(), key, &accounts.Key{Name: "examples", Hint: "rk_", Role: accounts.Manager, CreatedBy: "test", CreatedAt: time.Now()})
	require.NoError(t, err)
	values := strings.NewReplacer("$KEY", string(key), "$URL", w.gw.url())
	ran := 0
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(manual), -1) {
		for line := range strings.Lines(strings.ReplaceAll(block[1], "\\\n", " ")) {
			words := shellWords(t, line)
			if words[0] == "repartee" {
				continue
			}
			require.Equal(t, "curl", words[0], "what is this test to make of %q?", line)
			for i := range words {
				words[i] = values.Replace(words[i])
			}
			res, err := http.DefaultClient.Do(curl(t, words[1:]).WithContext(w.context()))
			require.NoError(t, err)
			var doc []byte
			if res.Header.Get("Content-Type") != "text/event-stream" { // which does not end
				doc, err = io.ReadAll(res.Body)
				require.NoError(t, err)
			}
			require.NoError(t, res.Body.Close())
			assert.Less(t, res.StatusCode, 400, "%s%s", line, doc)
			ran++
		}
	}
	assert.Equal(t, strings.Count(string(manual), "\ncurl "), ran, "examples stand in blocks of sh")
}

// shellWords splits a line as a shell does.
func shellWords(t *testing.T, line string) (words []string) {
	t.Helper()
	quoted := regexp.MustCompile(`^\s*((?:'[^']*'|"[^"]*"|[^\s'"])+)`)
	for rest := strings.TrimSpace(line); rest != ""; rest = strings.TrimSpace(rest) {
		word := quoted.FindString(rest)
		require.NotEmpty(t, word, "a quote stays open in %q", line)
		rest = rest[len(word):]
		words = append(words, regexp.MustCompile(`'([^']*)'|"([^"]*)"`).ReplaceAllString(strings.TrimSpace(word), "$1$2"))
	}
	return words
}

// curl is the request of a command line, as far as the manual uses it.
func curl(t *testing.T, words []string) *http.Request {
	t.Helper()
	var address string
	var data []string
	header, inQuery := http.Header{}, false
	for len(words) > 0 {
		word := words[0]
		words = words[1:]
		switch word {
		case "-s", "-sN":
			continue
		case "-sG":
			inQuery = true
			continue
		case "-H", "-d", "--data-urlencode":
			require.NotEmpty(t, words, word)
			value := words[0]
			words = words[1:]
			name, rest, _ := strings.Cut(value, "=")
			switch word {
			case "-H":
				name, rest, _ = strings.Cut(value, ": ")
				header.Set(name, rest)
			case "-d":
				data = append(data, value)
			default:
				data = append(data, name+"="+url.QueryEscape(rest))
			}
			continue
		}
		require.True(t, strings.HasPrefix(word, "http://") && address == "", "what is this test to make of %q?", word)
		address = word
	}
	method, body := http.MethodGet, strings.Join(data, "&")
	switch {
	case inQuery:
		address, body = address+"?"+body, ""
	case body != "":
		method = http.MethodPost
		if header.Get("Content-Type") == "" {
			header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
	}
	req, err := http.NewRequest(method, address, strings.NewReader(body))
	require.NoError(t, err)
	req.Header = header
	return req
}
