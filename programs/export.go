package programs

import (
	"fmt"
	"strings"
)

// ExportOptions say how a shop is written as a file.
type ExportOptions struct {
	// FlowFile keeps the source of a flow and returns how the file names it;
	// nil writes the sources into the file.
	FlowFile func(f *Flow) (path string, err error)
}

// Export writes the shop as a file of `repartee apply`, in the order in which
// that writes it. Secrets are named as environment variables; read with their
// values, the file plans no change. The variables are returned.
func (s *Shop) Export(opts ExportOptions) (file []byte, variables []string, err error) {
	w := exporter{opts: opts, names: map[string]bool{}}
	var kinds Document
	for _, kind := range Kinds() {
		list := make([]any, 0, len(s.ofKind(kind)))
		for _, o := range s.ofKind(kind) {
			entry, err := w.entry(o)
			if err != nil {
				return nil, nil, err
			}
			list = append(list, entry)
		}
		if len(list) > 0 {
			kinds = append(kinds, Entry{Key: kind, Value: list})
		}
	}
	parts := make([]string, len(kinds))
	for i := range kinds {
		parts[i] = string(YAML(kinds[i : i+1]))
	}
	return []byte(strings.Join(parts, "\n")), w.variables, nil
}

type exporter struct {
	opts      ExportOptions
	names     map[string]bool
	variables []string
}

func (w *exporter) entry(o object) (Document, error) {
	f, isFlow := o.(*Flow)
	switch {
	case !isFlow:
		return documenter{secret: func(key string) any { return w.variable(o.key(), key) }}.object(o), nil
	case w.opts.FlowFile != nil:
		path, err := w.opts.FlowFile(f)
		return Document{{Key: "file", Value: path}}, err
	case literalForm.MatchString(f.Source):
		return Document{{Key: "source", Value: literal(f.Source)}}, nil
	case len(quoted(f.Source)) > maxLine-100:
		return nil, fmt.Errorf("flow %s has lines that end in blanks or begin the text with them, and is too long for one line: write flows as files", f.Name)
	}
	return Document{{Key: "source", Value: f.Source}}, nil
}

// variable names the secret of an object: ORANGE_PASSWORD.
func (w *exporter) variable(name, key string) any {
	base := strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToUpper(name+"_"+key))
	name = base
	for n := 2; w.names[name]; n++ { // a-b and a.b
		name = fmt.Sprintf("%s_%d", base, n)
	}
	w.names[name] = true
	w.variables = append(w.variables, name)
	return Document{{Key: "env", Value: name}}
}
