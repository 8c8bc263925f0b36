package admin

import "strconv"

// Page asks for a part of a list.
type Page struct {
	Cursor string `query:"cursor" doc:"where the last page said that the next begins"`
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"200"`
}

// after is the id that a cursor stands for; 0 without one.
func (p *Page) after() (int64, error) {
	if p.Cursor == "" {
		return 0, nil
	}
	id, err := strconv.ParseInt(p.Cursor, 10, 64)
	if err != nil || id <= 0 {
		return 0, invalid("query.cursor", "this is no cursor: take it from `next` of the page before")
	}
	return id, nil
}

// list is a part of a list. Next is empty at its end.
type list[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty" doc:"the cursor of the next page; absent at the end"`
}
