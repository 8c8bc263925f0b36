package admin

import (
	"context"
	"io/fs"
	"path"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"repartee/demo"
	"repartee/dialogs"
)

// Template is a flow to begin a new one with.
type Template struct {
	Name  string `json:"name"`
	Title string `json:"title,omitempty"`
	About string `json:"about,omitempty" doc:"what it shows"`
}

func (s *Server) listTemplates(context.Context, *nothing) (*answer[list[Template]], error) {
	files, err := fs.Glob(demo.Files, "flows/*.yaml")
	if err != nil {
		return nil, err
	}
	out := list[Template]{Items: []Template{}}
	for _, file := range files {
		source, err := demo.Files.ReadFile(file)
		if err != nil {
			return nil, err
		}
		name := strings.TrimSuffix(path.Base(file), ".yaml")
		out.Items = append(out.Items, Template{Name: name, Title: dialogs.TitleOf(source), About: opening(string(source))})
	}
	return &answer[list[Template]]{out}, nil
}

func (s *Server) showTemplate(_ context.Context, in *FlowPath) (*answer[Source], error) {
	source, err := demo.Files.ReadFile("flows/" + in.Name + ".yaml")
	if err != nil {
		return nil, huma.Error404NotFound("there is no template " + in.Name + ": GET /api/v1/flows/templates lists them")
	}
	return &answer[Source]{Source{string(source)}}, nil
}

// opening is the comment that a file begins with.
func opening(source string) string {
	var lines []string
	for line := range strings.Lines(source) {
		text, comment := strings.CutPrefix(line, "#")
		if !comment {
			break
		}
		lines = append(lines, strings.TrimSpace(text))
	}
	return strings.Join(lines, " ")
}
