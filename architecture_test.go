// Package repartee_test holds the rules of the house that no compiler checks:
// which package may import which, where the outside world may be touched, and
// that each package says what it is for.
package repartee_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "repartee/"

// floors orders the packages of the module: each imports from lower floors, or
// from its own top folder. cmd → app → admin, postgres → inbox → outbox →
// programs → deciders and smpp → sms.
var floors = map[string]int{
	"cmd":   8,
	"app":   7,
	"admin": 6, "postgres": 6,
	"views":    5,
	"inbox":    5, // hands what it decided to the outbox
	"outbox":   4,
	"programs": 3,
	"accounts": 2, "keywords": 2, "dialogs": 2, "optout": 2, "smpp": 2, "contacts": 2, "endpoints": 2,
	"sms": 1, "migrations": 1, "demo": 1, "docs": 1,
}

// standalone packages import nothing of the module, whatever their floor.
var standalone = []string{"app/config", "postgres/embedded", "migrations", "smpp/pdu"}

// owners says which packages may import a library, by prefix of both.
var owners = map[string][]string{
	"github.com/jackc/pgx":      {"postgres", "migrations"},
	"github.com/pressly/goose":  {"migrations"},
	"database/sql":              {"postgres", "migrations"},
	"net/http":                  {"app", "admin", "cmd", "smpp/smsc/control"},
	"github.com/fiorix/go-smpp": {"smpp"},
	"github.com/fergusstrange":  {"postgres/embedded"},
	"github.com/looplab/fsm":    {"dialogs"},
	"github.com/spf13/cobra":    {"cmd"},
	"github.com/coreos/go-oidc": {"admin"},
	"golang.org/x/oauth2":       {"admin"},
	"testing":                   {"postgres/pgtest"},
	module + "postgres/pgtest":  {},
	"log":                       {},

	"github.com/prometheus/client_golang/prom": {"app", "smpp", "inbox", "outbox", "endpoints", "postgres", "admin", "cmd"},
}

// pure packages decide from what they are given: they know no time, no chance
// and no outside world. The sub-packages of a pure package are pure as well.
var pure = []string{"sms", "keywords", "dialogs", "optout"}

var impureImports = []string{
	"os", "os/exec", "net", "net/http", "io/ioutil", "math/rand", "math/rand/v2", "crypto/rand", "log", "log/slog",
	"database/sql", "syscall", "go.uber.org/zap",
}

// goPackage is a folder with Go files besides tests.
type goPackage struct {
	name    string // path below the module
	files   []*ast.File
	imports []string
	doc     bool
}

// packages parses the module. It reads the files itself rather than asking
// `go list`, so that the test cache notices when one changes.
func packages(t *testing.T) []goPackage {
	t.Helper()
	byFolder := map[string]*goPackage{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != "." && skipped(path):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		return add(byFolder, path)
	})
	require.NoError(t, err)
	var all []goPackage
	for _, name := range slices.Sorted(maps.Keys(byFolder)) {
		all = append(all, *byFolder[name])
	}
	require.NotEmpty(t, all)
	return all
}

// skipped are folders that hold no package of the module.
func skipped(path string) bool {
	folder := filepath.Base(path)
	return strings.HasPrefix(folder, ".") || folder == "testdata" || folder == "node_modules" || path == "data" || path == "bin"
}

var positions = token.NewFileSet()

// add parses a file into the package of its folder.
func add(byFolder map[string]*goPackage, path string) error {
	file, err := parser.ParseFile(positions, path, nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	name := filepath.ToSlash(filepath.Dir(path))
	p := byFolder[name]
	if p == nil {
		p = &goPackage{name: name}
		byFolder[name] = p
	}
	p.files = append(p.files, file)
	p.doc = p.doc || file.Doc != nil
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		if !slices.Contains(p.imports, path) {
			p.imports = append(p.imports, path)
		}
	}
	return nil
}

// within tells whether name is the package root or one below it.
func within(name, root string) bool { return name == root || strings.HasPrefix(name, root+"/") }

func anyWithin(name string, roots []string) bool {
	return slices.ContainsFunc(roots, func(root string) bool { return within(name, root) })
}

func TestImportsGoDown(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		top, _, _ := strings.Cut(p.name, "/")
		if _, known := floors[top]; !known {
			t.Errorf("%s stands on no floor: add it to floors, as low as it can be", p.name)
		}
		for _, path := range p.imports {
			imported, ours := strings.CutPrefix(path, module)
			if !ours {
				continue
			}
			below, _, _ := strings.Cut(imported, "/")
			if slices.Contains(standalone, p.name) {
				t.Errorf("%s imports %s, but must not import any package of the module", p.name, imported)
			}
			if below != top && floors[below] >= floors[top] {
				t.Errorf("%s imports %s: arrows go down only", p.name, imported)
			}
		}
	}
}

func TestLibrariesStayWithTheirOwners(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		for _, path := range p.imports {
			for library, allowed := range owners {
				if owned(path, library) && !anyWithin(p.name, allowed) {
					t.Errorf("%s imports %s, which belongs to %s", p.name, path, strings.Join(allowed, ", "))
				}
			}
		}
	}
}

// owned matches a library and what is below it; of the standard library only
// the package itself (net/http, not net/http/pprof's parent).
func owned(path, library string) bool {
	return path == library || strings.Contains(library, ".") && strings.HasPrefix(path, library)
}

func TestPurePackagesTouchNothing(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if !anyWithin(p.name, pure) {
			continue
		}
		for _, path := range p.imports {
			if slices.Contains(impureImports, path) {
				t.Errorf("%s imports %s: it decides from what it is given", p.name, path)
			}
		}
		for _, use := range calls(p, "time", "Now", "Sleep", "After", "AfterFunc", "Since", "Until", "Tick", "NewTimer", "NewTicker") {
			t.Errorf("%s: a pure package takes the time as an argument", use)
		}
	}
}

func TestOnlyCommandsEndTheProcess(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if within(p.name, "cmd") || p.name == "postgres/pgtest" { // a test binary that serves as keeper
			continue
		}
		for _, use := range append(calls(p, "os", "Exit"), calls(p, "log", "Fatal", "Fatalf", "Fatalln")...) {
			t.Errorf("%s: return an error instead", use)
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if !p.doc {
			t.Errorf("%s has no doc comment: say what it owns, what it must not import, which failures it handles", p.name)
		}
	}
}

// calls finds the uses of a standard package's names in the package's files.
func calls(p goPackage, pkg string, names ...string) (found []string) {
	if !slices.Contains(p.imports, pkg) {
		return nil
	}
	for _, file := range p.files {
		ast.Inspect(file, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := s.X.(*ast.Ident); ok && x.Name == pkg && slices.Contains(names, s.Sel.Name) {
				found = append(found, fmt.Sprintf("%s uses %s.%s", positions.Position(n.Pos()), pkg, s.Sel.Name))
			}
			return true
		})
	}
	return found
}
