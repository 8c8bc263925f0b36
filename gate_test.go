package repartee_test

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// only says which functions alone may name an object, over all packages but
// the simulator, which is the other side of the wire. Together they are the one
// way of a message to the socket: a permit from the gate, a lane, the check of
// the permit, the hand-over.
var only = []struct {
	what string
	by   []string
}{
	{"optout.Permit.id", []string{"optout.Permit.Allows"}},
	{"optout.Permit.until", []string{"optout.Permit.Allows", "optout.Permit.Until"}},
	{"optout.Permit.Allows", []string{"outbox.line.dispose"}},
	{"optout.Decision.Permit", []string{"inbox.turn.birth", "optout.Decide", "outbox.claimer.ruling"}},
	{"outbox.Ruling.Permit", []string{"outbox.claimer.permitted", "outbox.claimer.ruling"}},
	{"outbox.Permitted.Permit", []string{"inbox.turn.birth", "outbox.claimer.permitted", "outbox.line.hand", "outbox.line.take"}},
	{"outbox.message.permit", []string{"outbox.line.dispose", "outbox.line.hand", "outbox.line.take"}},
	{"outbox.line.dispose", []string{"outbox.line.sendOne"}},
	{"outbox.line.handOver", []string{"outbox.line.sendOne"}},
	{"smpp.Bind.Submit", []string{"outbox.line.handOver"}},
	{"smpp/pdu.AppendMessage", []string{"smpp.Bind.Submit"}},
	{"smpp.Bind.conn", []string{"smpp.Bind.end", "smpp.Bind.lastWord", "smpp.Bind.put", "smpp.Bind.write", "smpp.newBind"}},
	{"net.Conn.Write", []string{"smpp.Bind.put", "smpp.connector.awaitBindResp", "smpp.connector.handshake"}},
}

// made says which functions alone make values of a type.
var made = []struct {
	what string
	by   []string
}{
	{"optout.Permit", []string{"optout.Decide"}},
	{"outbox.message", []string{"outbox.line.hand", "outbox.line.take"}},
}

// Promise 4 by construction: only the gate makes a permit, and there is no way
// to a submit_sm but through the line that asks for one.
func TestNoWayAroundTheGate(t *testing.T) {
	t.Parallel()
	m := loadModule(t)
	for _, rule := range only {
		assert.Equal(t, rule.by, m.users(rule.what), "who names %s", rule.what)
	}
	for _, rule := range made {
		assert.Equal(t, rule.by, m.makers(rule.what), "who makes a %s", rule.what)
	}
	assert.Empty(t, m.disguises("Submit"), "interfaces behind which a bind's Submit would hide")
	assert.Empty(t, m.users("unsafe.Pointer"), "nothing is secret from unsafe.Pointer")
	permit := m.object("optout.Permit").Type().Underlying().(*types.Struct)
	for i := range permit.NumFields() {
		assert.False(t, permit.Field(i).Exported(), "a permit's %s is the gate's own", permit.Field(i).Name())
	}
	assert.Equal(t, []string{"front", "dispose", "handOver"}, m.calls("outbox.line.sendOne", "front", "dispose", "handOver"), "no message is handed over before its permit was asked for")
	t.Run("what would get around it is found", func(t *testing.T) { rogues(t, m) })
}

func rogues(t *testing.T, m *typed) {
	m.add("rogue", `package rogue
import ("unsafe"; "repartee/optout"; "repartee/smpp"; "repartee/smpp/pdu")
type sender interface{ Submit(*pdu.Message, smpp.Completer) (uint32, error) }
type embedded struct{ *smpp.Bind }
func called(b *smpp.Bind) { _, _ = b.Submit(nil, nil) }
func promoted(e embedded) { _, _ = e.Submit(nil, nil) }
func asValue(b *smpp.Bind) any { return b.Submit }
func hidden(b *smpp.Bind) sender { return b }
func empty() optout.Permit { return optout.Permit{} }
func listed() []optout.Permit { return []optout.Permit{{}} }
func converted(d optout.Decision) optout.Permit { return optout.Permit(d.Permit) }
func forged(d *optout.Decision) *int64 { return (*int64)(unsafe.Pointer(&d.Permit)) }
`)
	assert.Equal(t, []string{"outbox.line.handOver", "rogue.asValue", "rogue.called", "rogue.promoted"}, m.users("smpp.Bind.Submit"))
	assert.Equal(t, []string{"optout.Decide", "rogue.converted", "rogue.empty", "rogue.listed"}, m.makers("optout.Permit"))
	assert.Equal(t, []string{"rogue.sender"}, m.disguises("Submit"))
	assert.Equal(t, []string{"rogue.forged"}, m.users("unsafe.Pointer"))
}

// typed is the type-checked module.
type typed struct {
	t     *testing.T
	files map[string][]*ast.File
	done  map[string]*types.Package
	infos map[string]*types.Info
	other types.Importer
}

// loadModule type-checks the packages of the module but the simulator, from
// their sources. What they import from elsewhere is read from the build cache.
func loadModule(t *testing.T) *typed {
	t.Helper()
	m := &typed{t: t, files: map[string][]*ast.File{}, done: map[string]*types.Package{}, infos: map[string]*types.Info{}}
	out, err := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}}={{.Export}}", "./...").Output()
	require.NoError(t, err)
	exported := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), "=")
		exported[path] = file
	}
	m.other = importer.ForCompiler(positions, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exported[path]) })
	all := packages(t)
	for _, p := range all {
		m.files[p.name] = slices.DeleteFunc(p.files, foreign)
	}
	for _, p := range all {
		_, err := m.Import(module + p.name)
		require.NoError(t, err)
	}
	for name := range m.infos {
		if within(name, "smpp/smsc") {
			delete(m.infos, name)
		}
	}
	return m
}

// foreign reports whether a file is for another system than this.
func foreign(file *ast.File) bool {
	folder, name := filepath.Split(positions.Position(file.Pos()).Filename)
	matches, err := build.Default.MatchFile(folder, name)
	return err == nil && !matches
}

// add type-checks one more package.
func (m *typed) add(name, source string) {
	m.t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name+".go", source, parser.SkipObjectResolution)
	require.NoError(m.t, err)
	m.files[name] = []*ast.File{file}
	_, err = m.Import(module + name)
	require.NoError(m.t, err)
}

// Import implements [types.Importer].
func (m *typed) Import(path string) (*types.Package, error) {
	name, ours := strings.CutPrefix(path, module)
	switch {
	case path == "unsafe":
		return types.Unsafe, nil
	case !ours:
		return m.other.Import(path)
	case m.done[name] != nil:
		return m.done[name], nil
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	pkg, err := (&types.Config{Importer: m}).Check(path, positions, m.files[name], info)
	m.done[name], m.infos[name] = pkg, info
	return pkg, err
}

// object finds what a name such as smpp/pdu.AppendMessage or smpp.Bind.Submit
// means.
func (m *typed) object(name string) types.Object {
	m.t.Helper()
	path, rest, _ := strings.Cut(name, ".")
	if m.files[path] != nil {
		path = module + path
	}
	pkg, err := m.Import(path)
	require.NoError(m.t, err)
	symbol, member, isMember := strings.Cut(rest, ".")
	found := pkg.Scope().Lookup(symbol)
	if isMember && found != nil {
		found, _, _ = types.LookupFieldOrMethod(found.Type(), true, pkg, member)
	}
	require.NotNil(m.t, found, "there is no %s", name)
	return found
}

// users are the functions that name an object.
func (m *typed) users(name string) []string {
	m.t.Helper()
	object := m.object(name)
	return m.where(func(info *types.Info, n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		return ok && info.Uses[id] == object
	})
}

// makers are the functions that write a value of a type, or convert one to it.
func (m *typed) makers(name string) []string {
	m.t.Helper()
	made := m.object(name).Type()
	return m.where(func(info *types.Info, n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			return types.Identical(info.Types[n].Type, made)
		case *ast.CallExpr:
			return info.Types[n.Fun].IsType() && types.Identical(info.Types[n].Type, made)
		}
		return false
	})
}

// disguises are the interfaces that have a method of the name.
func (m *typed) disguises(method string) []string {
	return m.where(func(info *types.Info, n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		f, isFunc := info.Defs[id].(*types.Func)
		return ok && isFunc && f.Name() == method && types.IsInterface(f.Signature().Recv().Type())
	})
}

// where are the functions, or other declarations, in which a node is.
func (m *typed) where(is func(*types.Info, ast.Node) bool) (names []string) {
	for pkg, info := range m.infos {
		for _, file := range m.files[pkg] {
			for _, d := range file.Decls {
				ast.Inspect(d, func(n ast.Node) bool {
					if name := pkg + "." + declared(d); n != nil && is(info, n) && !slices.Contains(names, name) {
						names = append(names, name)
					}
					return true
				})
			}
		}
	}
	slices.Sort(names)
	return names
}

// declared is the name of a declaration, a method's with its receiver.
func declared(d ast.Decl) string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			return d.Name.Name
		}
		receiver := d.Recv.List[0].Type
		if star, ok := receiver.(*ast.StarExpr); ok {
			receiver = star.X
		}
		return fmt.Sprintf("%s.%s", receiver, d.Name.Name)
	case *ast.GenDecl:
		if s, ok := d.Specs[0].(*ast.TypeSpec); ok {
			return s.Name.Name
		}
	}
	return "declaration"
}

// calls are those of the methods that a function calls, in the order of its
// source.
func (m *typed) calls(function string, methods ...string) (order []string) {
	m.t.Helper()
	at := m.object(function).Pos()
	pkg, _, _ := strings.Cut(function, ".")
	for _, file := range m.files[pkg] {
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Name.Pos() == at {
				ast.Inspect(f, func(n ast.Node) bool {
					if s, ok := n.(*ast.SelectorExpr); ok && slices.Contains(methods, s.Sel.Name) {
						order = append(order, s.Sel.Name)
					}
					return true
				})
			}
		}
	}
	return order
}
