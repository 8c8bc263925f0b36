package programs

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// readFlow reads an entry of `flows`: {file, open}, {source, open}, or the flow
// itself with `open` among its keys.
func (r *reader) readFlow(n ast.Node) *Flow {
	entries, ok := r.mapping(n, "a flow")
	if !ok {
		return nil
	}
	flow := withDefaults[Flow]()
	flow.at = positions{"": r.at(n)}
	inline := slices.ContainsFunc(entries, func(e entry) bool { return e.key == "flow" })
	for _, e := range entries {
		switch {
		case e.key == "open":
			flow.at["open"] = r.at(e.value)
			flow.Open.readNode(r, e.value, "open", flow.at)
		case e.key == "file" && !inline:
			r.readFlowFile(flow, e.value)
		case e.key == "source" && !inline:
			r.readFlowSource(flow, e.value)
		case !inline:
			r.failAt(e.at, unknown(e.key, []string{"file", "source", "open", "flow"}), "`%s` is not a key of a flow that is a file", e.key)
		}
	}
	if inline {
		return r.inlineFlow(flow, n, entries)
	}
	if !slices.ContainsFunc(entries, func(e entry) bool { return e.key == "file" || e.key == "source" }) {
		r.fail(n, "", "a flow needs `file` or `source`, or to be the flow itself with `flow`")
	}
	return flow
}

// readFlowFile reads the file of a flow, relative to the file that names it.
func (r *reader) readFlowFile(flow *Flow, n ast.Node) {
	path, ok := r.scalar(n, "`file`")
	if !ok {
		return
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(r.file), path)
	}
	if r.opts.ReadFile == nil {
		r.fail(n, "write the flow itself here", "`file` cannot be read from here")
		return
	}
	text, err := r.opts.ReadFile(path)
	if err != nil {
		r.fail(n, "", "`file`: %v", err)
		return
	}
	read := r.flowFile(path, string(text), r.at(n))
	flow.File, flow.Source, flow.Name = read.File, read.Source, read.Name
}

// readFlowSource reads the text of a flow's file. Where it is written in lines
// after `source: |`, what is wrong in it is found in this file.
func (r *reader) readFlowSource(flow *Flow, n ast.Node) {
	text, ok := r.scalar(n, "`source`")
	if !ok {
		return
	}
	read := r.flowFile(r.file, text, r.at(n))
	flow.Name, flow.Source = read.Name, read.Source
	if _, lines := bare(n).(*ast.LiteralNode); lines {
		flow.File, flow.lines, flow.columns = r.file, r.at(n).Line, indentOf(r.text, r.at(n).Line)
	}
}

// indentOf returns the indentation of what follows a line.
func indentOf(text []byte, line int) int {
	for _, l := range strings.Split(string(text), "\n")[line:] {
		if content := strings.TrimLeft(l, " "); strings.TrimSpace(content) != "" {
			return len(l) - len(content)
		}
	}
	return 0
}

// flowFile makes a flow of a whole file. What is wrong inside it is found by
// the flow compiler, see [Check].
func (r *reader) flowFile(path, text string, at Position) *Flow {
	flow := withDefaults[Flow]()
	flow.File, flow.Source, flow.at = path, text, positions{"": at}
	inner := &reader{file: path, text: []byte(text)}
	if root := inner.parse(); root != nil {
		flow.Name = inner.flowName(inner.entries(root))
		if flow.Name == "" {
			inner.fail(root, "", "this is not a flow: its first key must be `flow` with the flow's name")
		}
	}
	r.problems = append(r.problems, inner.problems...)
	return flow
}

func (r *reader) flowName(entries []entry) string {
	for _, e := range entries {
		if e.key == "flow" {
			name, _ := scalarText(bare(e.value))
			return name
		}
	}
	return ""
}

// inlineFlow cuts the flow's own lines out of the file.
func (r *reader) inlineFlow(flow *Flow, n ast.Node, entries []entry) *Flow {
	flow.Name = r.flowName(entries)
	if flow.Name == "" {
		r.fail(n, "", "`flow` needs the flow's name")
	}
	if at := entries[0].at; r.isBlock(at) {
		flow.Source, flow.File = cutFlow(string(r.text), entries), r.file
		flow.lines, flow.columns = at.Line-1, at.Column-1
	} else {
		r.fail(n, "write it in lines, without { }", "a flow inside another file must be in block form")
	}
	return flow
}

// isBlock reports whether nothing but blanks and dashes stands before a key.
func (r *reader) isBlock(at Position) bool {
	line := []rune(strings.Split(string(r.text), "\n")[at.Line-1])
	return strings.Trim(string(line[:min(at.Column-1, len(line))]), " -") == ""
}

// cutFlow takes the lines of a flow out of the file around it: from its first
// key to the end of its entry, without its indentation and its `open`. Lines
// keep their distance, so that positions can be told apart by an offset.
func cutFlow(text string, entries []entry) string {
	lines := strings.Split(text, "\n")
	first, indent := entries[0].at.Line, entries[0].at.Column-1
	end := first
	for end < len(lines) && belongs(lines[end], indent) {
		end++
	}
	cut := make([]string, 0, end-first+1)
	for i := first - 1; i < end; i++ {
		cut = append(cut, strings.TrimRight(dropColumns(lines[i], indent), "\r"))
	}
	for i, e := range entries {
		if e.key != "open" {
			continue
		}
		last := end
		if i+1 < len(entries) {
			last = entries[i+1].at.Line - 1
		}
		for l := e.at.Line; l <= last; l++ {
			cut[l-first] = ""
		}
	}
	return strings.TrimRight(strings.Join(cut, "\n"), "\n") + "\n"
}

// belongs reports whether a line is still inside a block of that indentation.
func belongs(line string, indent int) bool {
	content := strings.TrimLeft(line, " ")
	return strings.TrimSpace(content) == "" || content[0] == '#' || len(line)-len(content) >= indent
}

func dropColumns(line string, n int) string {
	if strings.TrimSpace(line) == "" {
		return ""
	}
	runes := []rune(line)
	return string(runes[min(n, len(runes)):])
}
