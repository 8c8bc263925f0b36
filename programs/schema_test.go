package programs

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// sections are the headings of docs/apply.md and the types that they describe.
var sections = map[string]reflect.Type{
	"carriers": reflect.TypeFor[Carrier](), "programs": reflect.TypeFor[Program](), "short_codes": reflect.TypeFor[ShortCode](),
	"keywords": reflect.TypeFor[Keyword](), "flows": reflect.TypeFor[Flow](), "places": reflect.TypeFor[Place](), "webhooks": reflect.TypeFor[Webhook](),
	"contact_fields": reflect.TypeFor[ContactField](), "offers": reflect.TypeFor[Offer](), "catalogues": reflect.TypeFor[Catalogue](),
	"polls": reflect.TypeFor[Poll](), "games": reflect.TypeFor[Game](),
}

// TestEveryKeyIsDocumented: docs/apply.md has a row for each key with its
// default, and none for a key that is no more.
func TestEveryKeyIsDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/apply.md")
	require.NoError(t, err)
	for name, typ := range sections {
		_, section, found := strings.Cut(string(text), "\n## "+name+"\n")
		require.True(t, found, name)
		section, _, _ = strings.Cut(section, "\n## ")
		table, _, _ := strings.Cut(section, "| Answer |")
		known := map[string]bool{"file": name == "flows", "source": name == "flows"}
		documentedKeys(t, name, table, typ, "", known)
		for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\|").FindAllStringSubmatch(table, -1) {
			require.True(t, known[row[1]], "%s: `%s` is documented, but is no key", name, row[1])
		}
	}
	for _, answer := range AnswerNames() {
		require.Contains(t, string(text), "| `"+answer+"` |")
	}
}

func documentedKeys(t *testing.T, name, table string, typ reflect.Type, path string, known map[string]bool) {
	t.Helper()
	for _, f := range fieldsOf(typ) {
		key, kind := join(path, f.key), typ.Field(f.index).Type
		known[key] = true
		if kind.Kind() == reflect.Struct {
			documentedKeys(t, name, table, kind, key, known)
		}
		if kind.Kind() == reflect.Struct && f.preset == "" && f.key != "tls" {
			continue // only its keys have rows
		}
		want := "| `" + key + "` | "
		switch {
		case f.required:
			want += "*"
		case f.preset != "":
			want += "`" + f.preset + "`"
		}
		require.Contains(t, table, strings.TrimRight(want, " "), name)
	}
}

// TestTags: every default, bound and check of the tags is understood, and
// nothing that a default gives would be refused.
func TestTags(t *testing.T) {
	t.Parallel()
	for name, typ := range sections {
		require.NotPanics(t, func() { preset(reflect.New(typ).Elem()) }, name)
		eachField(typ, func(f field) {
			if f.is != "" {
				require.Contains(t, checks, f.is, f.key)
			}
			for _, bound := range []string{f.min, f.max} {
				require.Regexp(t, `^(\d+(ms|s|m|h)?)?$`, bound, f.key)
			}
		})
	}
}

func eachField(typ reflect.Type, visit func(field)) {
	for _, f := range fieldsOf(typ) {
		visit(f)
		if kind := typ.Field(f.index).Type; kind.Kind() == reflect.Struct {
			eachField(kind, visit)
		}
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{"windw": "window", "sesions": "sessions", "adr": "addr", "x": "", "": "", "completely": ""} {
		require.Equal(t, want, nearest(word, []string{"addr", "window", "sessions"}), word)
	}
}

func TestParseDaysAndHours(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"mon-fri": "[Monday Tuesday Wednesday Thursday Friday]", "sat-mon": "[Monday Saturday Sunday]",
		"wed, mon": "[Monday Wednesday]", "sun": "[Sunday]", "mon-": "", "": "", "mon fri": "", "lun": "",
	} {
		days, err := ParseDays(text)
		if want == "" {
			require.Error(t, err, text)
			continue
		}
		require.NoError(t, err, text)
		require.Equal(t, want, fmt.Sprint(days), text)
	}
	for text, want := range map[string]string{"08:00-20:30": "8h0m0s 20h30m0s", "00:00-24:00": "0s 24h0m0s", "20:00-08:00": "", "8-20": "", "08:00": "", "24:00-24:00": ""} {
		open, end, err := ParseHours(text)
		if want == "" {
			require.Error(t, err, text)
			continue
		}
		require.NoError(t, err, text)
		require.Equal(t, want, fmt.Sprint(open, " ", end), text)
	}
}
