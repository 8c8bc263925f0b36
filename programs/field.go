package programs

// ContactField is something that the operator wants to know of contacts, for
// flows to read and to `set`.
type ContactField struct {
	Name string `key:"name" required:"true" is:"field" max:"40"`
	Type string `key:"type" default:"text" oneof:"text number money flag date time datetime phone"`

	at positions
}

func (f *ContactField) kind() string             { return "contact field" }
func (f *ContactField) key() string              { return f.Name }
func (f *ContactField) position() positions      { return f.at }
func (f *ContactField) setPosition(at positions) { f.at = at }

// fieldTypes are the declared fields by name, as flows are checked against.
func (s *Shop) fieldTypes() map[string]string {
	types := make(map[string]string, len(s.Fields))
	for _, f := range s.Fields {
		types[f.Name] = f.Type
	}
	return types
}
