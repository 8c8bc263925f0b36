package repartee_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// pitfalls is how many docs/pitfalls.md lists.
const pitfalls = 82

var (
	pitfallRow  = regexp.MustCompile(`(?m)^\| (\d+) \|.*$`)
	pitfallTest = regexp.MustCompile("`([a-z0-9/]+)\\.((?:Test|Fuzz)\\w+)`")
)

// Each pitfall has a row, each row a test, and each of these tests exists.
func TestEveryPitfallHasItsTests(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("docs/pitfalls.md")
	require.NoError(t, err)
	rows := pitfallRow.FindAllStringSubmatch(string(page), -1)
	require.Len(t, rows, pitfalls)
	tests := map[string]map[string]bool{} // by folder
	for i, row := range rows {
		require.Equal(t, strconv.Itoa(i+1), row[1], "the rows are numbered")
		named := pitfallTest.FindAllStringSubmatch(row[0], -1)
		require.NotEmpty(t, named, "pitfall %s has no test", row[1])
		for _, name := range named {
			folder := name[1]
			if tests[folder] == nil {
				tests[folder] = testsIn(t, folder)
			}
			require.True(t, tests[folder][name[2]], "pitfall %s: %s has no %s", row[1], folder, name[2])
		}
	}
	for folder, names := range tests {
		for name := range names {
			if strings.Contains(name, "Pitfall") {
				require.Contains(t, string(page), "`"+folder+"."+name+"`", "docs/pitfalls.md does not name it")
			}
		}
	}
}

// testsIn returns the names of the tests and fuzz targets of a folder.
func testsIn(t *testing.T, folder string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	require.NoError(t, err)
	names := map[string]bool{}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
				names[f.Name.Name] = true
			}
		}
	}
	return names
}
