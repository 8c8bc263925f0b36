package dialogs

import "slices"

// LanguagesOf lists the languages of a flow file's texts as they first appear,
// for those who check a file without a program; ["en"] when its texts name
// none.
func LanguagesOf(src []byte) []string {
	var found []string
	var visit func(n *node)
	visit = func(n *node) {
		if n == nil {
			return
		}
		for _, p := range n.pairs {
			if p.key == "say" && p.value != nil && p.value.kind == dict {
				for _, text := range p.value.pairs {
					if languageKey.MatchString(text.key) && !slices.Contains(found, text.key) {
						found = append(found, text.key)
					}
				}
				continue
			}
			visit(p.value)
		}
		for _, item := range n.items {
			visit(item)
		}
	}
	visit(readYAML(src, &report{}))
	if len(found) == 0 {
		return []string{"en"}
	}
	return found
}
