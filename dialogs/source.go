package dialogs

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
)

// StatePrints names each state of a flow's source by all that is written in it:
// two versions whose prints of a state are equal treat a conversation in it
// alike, as far as it goes. Comments, notes, quotes and the order of keys do
// not count. It is empty for a source that is no YAML.
func StatePrints(src []byte) map[string]string {
	prints := map[string]string{}
	root := readYAML(src, &report{})
	if root == nil {
		return prints
	}
	states := root.get("states")
	if states == nil {
		return prints
	}
	for _, p := range states.pairs {
		sum := sha256.Sum256([]byte(canonical(p.value)))
		prints[p.key] = hex.EncodeToString(sum[:8])
	}
	return prints
}

// canonical is a node in a form of its own, keys in order and notes left out.
func canonical(n *node) string {
	if n == nil {
		return "null"
	}
	switch n.kind {
	case list:
		items := make([]string, len(n.items))
		for i := range items {
			items[i] = canonical(n.items[i])
		}
		return "[" + strings.Join(items, ",") + "]"
	case dict:
		keys := make([]string, 0, len(n.pairs))
		for _, p := range n.pairs {
			if p.key != "note" {
				keys = append(keys, strconv.Quote(p.key)+":"+canonical(p.value))
			}
		}
		slices.Sort(keys)
		return "{" + strings.Join(keys, ",") + "}"
	}
	return strconv.Quote(n.text)
}

// NameOf is the name of the flow in a file, "" when there is none.
func NameOf(src []byte) string {
	root := readYAML(src, &report{})
	if root == nil {
		return ""
	}
	if n := root.get("flow"); n != nil && flowName.MatchString(n.text) {
		return n.text
	}
	return ""
}

// TitleOf returns the title of a flow's source, "" without one.
func TitleOf(src []byte) string {
	root := readYAML(src, &report{})
	if root == nil {
		return ""
	}
	if n := root.get("title"); n != nil {
		return n.text
	}
	return ""
}
