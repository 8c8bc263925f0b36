package repartee_test

import (
	"encoding/csv"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/app/config"
)

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(text)
}

// manuals returns the documents of the project by path.
func manuals(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/adr/*.md"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, file := range files {
			all[file] = read(t, file)
		}
	}
	return all
}

// goSource returns the text of the Go files whose path passes, joined.
func goSource(t *testing.T, wanted func(path string) bool) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != "." && skipped(path) {
			return filepath.SkipDir
		}
		if filepath.Ext(path) == ".go" && wanted(path) {
			b.WriteString(read(t, path))
		}
		return nil
	})
	require.NoError(t, err)
	return b.String()
}

func isTest(path string) bool { return strings.HasSuffix(path, "_test.go") }

// TestWhatManualsNameExists: tests and files of the code that are named in backticks are there.
func TestWhatManualsNameExists(t *testing.T) {
	t.Parallel()
	tests := goSource(t, isTest)
	named := regexp.MustCompile("`((?:Test|Fuzz)[A-Z0-9][A-Za-z0-9]*)`")
	source := regexp.MustCompile("`([a-z]+(?:/[a-z0-9_]+)+\\.(?:go|csv|sql|yaml))`")
	for file, text := range manuals(t) {
		for _, m := range named.FindAllStringSubmatch(text, -1) {
			assert.Contains(t, tests, "func "+m[1]+"(", "%s names a test that does not exist", file)
		}
		for _, m := range source.FindAllStringSubmatch(text, -1) {
			assert.FileExists(t, m[1], "named in %s", file)
		}
	}
}

// TestLinksToHeadings: a link with a fragment leads to a heading.
func TestLinksToHeadings(t *testing.T) {
	t.Parallel()
	all := manuals(t)
	for file, text := range all {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			target, fragment, has := strings.Cut(m[1], "#")
			if !has || strings.Contains(target, "://") {
				continue
			}
			if target == "" {
				target = filepath.Base(file)
			}
			assert.Contains(t, anchors(all[filepath.Join(filepath.Dir(file), target)]), fragment, "%s links to %s", file, m[1])
		}
	}
}

var (
	heading  = regexp.MustCompile(`(?m)^#+ (.+)$`)
	unlinked = regexp.MustCompile("[^a-z0-9 _-]")
)

// anchors are the fragments of a document's headings, as GitHub makes them.
func anchors(text string) (all []string) {
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		all = append(all, strings.ReplaceAll(unlinked.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-"))
	}
	return all
}

// TestEverySettingIsDocumented: docs/configuration.md has a row for each.
func TestEverySettingIsDocumented(t *testing.T) {
	t.Parallel()
	manual := read(t, "docs/configuration.md")
	c, err := config.Load("", nil)
	require.NoError(t, err)
	for _, v := range c.Values() {
		value := ""
		if v.Text != "" && v.Name != "data_dir" { // its default depends on the user
			value = "`" + v.Text + "`"
		}
		assert.Contains(t, manual, fmt.Sprintf("| `%s` | `%s` | %s | %s |\n", v.Env, v.Name, value, v.Help))
	}
}

// TestEveryProfileOfHoursIsDocumented: docs/compliance.md has a row for each.
func TestEveryProfileOfHoursIsDocumented(t *testing.T) {
	t.Parallel()
	manual := read(t, "docs/compliance.md")
	r := csv.NewReader(strings.NewReader(read(t, "optout/data/hours.csv")))
	r.Comment = '#'
	rows, err := r.ReadAll()
	require.NoError(t, err)
	for _, f := range rows[1:] { // name, country, mon_fri, sat, sun, holidays, calendar, cap, tag, source, as_of
		assert.Contains(t, manual, fmt.Sprintf("| `%s` | %s | %s | %s | %s | %s | %s | %s |\n", f[0], f[2], f[3], f[4], f[5], f[7], f[8], f[9]))
	}
}

// TestEveryCarrierKeyIsAdvisedOn: docs/carriers.md says when to change each key of docs/apply.md.
func TestEveryCarrierKeyIsAdvisedOn(t *testing.T) {
	t.Parallel()
	_, section, _ := strings.Cut(read(t, "docs/apply.md"), "\n## carriers\n")
	section, _, _ = strings.Cut(section, "\n## ")
	keys := regexp.MustCompile("(?m)^\\| `([a-z_.]+)` \\|").FindAllStringSubmatch(section, -1)
	require.NotEmpty(t, keys)
	advice := read(t, "docs/carriers.md")
	for _, k := range keys {
		assert.Contains(t, advice, "`"+k[1]+"`")
	}
}

// TestEveryLogLineIsExplained: docs/runbook.md explains the lines at level warn
// and error, and no others.
func TestEveryLogLineIsExplained(t *testing.T) {
	t.Parallel()
	code := goSource(t, func(path string) bool {
		top, _, _ := strings.Cut(path, "/")
		return strings.Contains("app inbox outbox smpp endpoints", top) && !isTest(path) && !strings.HasPrefix(path, "smpp/smsc") && !strings.HasPrefix(path, "app/bench")
	})
	_, section, _ := strings.Cut(read(t, "docs/runbook.md"), "\n## Log lines\n")
	for _, m := range regexp.MustCompile(`(?:\.Warn|\.Error|\.oddity|\blog)\("([^"]+)"`).FindAllStringSubmatch(code, -1) {
		line, _, _ := strings.Cut(m[1], "; ")
		line, _, _ = strings.Cut(line, ": ")
		if found := strings.Contains(section, "`"+line); !found {
			words := strings.Fields(line)
			found = strings.Contains(section, "`"+strings.Join(words[:min(2, len(words))], " ")+" …`")
			assert.True(t, found, "the log line %q is not explained", m[1])
		}
	}
	for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(tableKeys(section), -1) {
		assert.Contains(t, code, strings.TrimRight(m[1], " …;:"), "no such log line")
	}
}

// tableKeys returns the first column of the tables.
func tableKeys(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if cells := strings.Split(line, "|"); len(cells) > 2 {
			first, _, _ := strings.Cut(cells[1], " with ")
			b.WriteString(first + "\n")
		}
	}
	return b.String()
}

// TestEveryAlertIsExplained: docs/runbook.md says what to do about each.
func TestEveryAlertIsExplained(t *testing.T) {
	t.Parallel()
	var rules struct {
		Groups []struct {
			Rules []struct{ Alert, Expr string }
		}
	}
	require.NoError(t, yaml.Unmarshal([]byte(read(t, "deploy/prometheus.rules")), &rules))
	manual := read(t, "docs/runbook.md")
	var names []string
	for _, g := range rules.Groups {
		for _, r := range g.Rules {
			assert.NotEmpty(t, r.Expr, r.Alert)
			assert.Contains(t, manual, "`"+r.Alert+"`")
			names = append(names, r.Alert)
		}
	}
	for _, m := range regexp.MustCompile("`(Repartee[A-Z][A-Za-z]+)`").FindAllStringSubmatch(manual, -1) {
		assert.Contains(t, names, m[1], "no such alert")
	}
}
