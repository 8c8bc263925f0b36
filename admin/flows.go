package admin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"repartee/dialogs"
	"repartee/programs"
)

// FlowItem is a flow in a list.
type FlowItem struct {
	Name        string     `json:"name"`
	Title       string     `json:"title,omitempty"`
	Version     int        `json:"version" doc:"that is published; 0: none yet"`
	PublishedAt *time.Time `json:"published_at,omitempty"`
	PublishedBy string     `json:"published_by,omitempty"`
	Draft       int        `json:"draft,omitempty" doc:"the version that the draft would be; absent: none"`
	Pinned      int        `json:"pinned,omitempty" doc:"the version that new conversations begin on; absent: the published one"`
	Open        int        `json:"open" doc:"conversations under way"`
	Programs    []string   `json:"programs" doc:"whose keywords or short codes use it"`
}

func (s *Server) listFlows(ctx context.Context, _ *nothing) (*answer[list[FlowItem]], error) {
	w, err := s.workshops.get(ctx)
	if err != nil {
		return nil, err
	}
	found, err := s.Config.FlowList(ctx)
	if err != nil {
		return nil, err
	}
	out := list[FlowItem]{Items: []FlowItem{}}
	for _, f := range found {
		users := w.Programs(f.Name)
		if !reaches(ctx, users) {
			continue
		}
		out.Items = append(out.Items, FlowItem{
			Name: f.Name, Title: dialogs.TitleOf([]byte(f.Source)), Version: f.Version, PublishedAt: f.PublishedAt, PublishedBy: f.PublishedBy,
			Draft: f.Draft, Pinned: f.Pinned, Open: f.Open, Programs: some(users),
		})
	}
	return &answer[list[FlowItem]]{out}, nil
}

// reaches reports whether the caller's rights reach what these programs use:
// all of them, so that nobody changes what others use too.
func reaches(ctx context.Context, programs []string) bool {
	caller := visitOf(ctx).caller
	for _, p := range programs {
		if !caller.Within(p) {
			return false
		}
	}
	return true
}

// some is a list that is never null.
func some[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}

// FlowPath is the name of a flow in a path.
type FlowPath struct {
	Name string `path:"name" pattern:"^[a-z][a-z0-9.-]*$" maxLength:"60"`
}

// FlowDoc is a flow as it is edited: its draft, else what is published.
type FlowDoc struct {
	Name     string        `json:"name"`
	Source   string        `json:"source" doc:"of the draft, else of the published version"`
	Draft    bool          `json:"draft" doc:"the source is not published"`
	Programs []string      `json:"programs"`
	Versions []FlowRelease `json:"versions" doc:"oldest first"`
}

// FlowRelease is one version of a flow.
type FlowRelease struct {
	Version     int        `json:"version"`
	State       string     `json:"state" enum:"draft,published,retired"`
	PublishedAt *time.Time `json:"published_at,omitempty"`
	PublishedBy string     `json:"published_by,omitempty"`
	Pinned      bool       `json:"pinned,omitempty" doc:"new conversations begin on it"`
	Open        int        `json:"open" doc:"conversations that run on it"`
}

type flowAnswer struct {
	ETag string `header:"ETag"`
	Body FlowDoc
}

func (s *Server) showFlow(ctx context.Context, in *FlowPath) (*flowAnswer, error) {
	users, err := s.flowUsers(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	versions, err := s.Config.FlowVersions(ctx, in.Name)
	if err != nil {
		return nil, configProblem(err)
	}
	newest := versions[len(versions)-1]
	out := &flowAnswer{ETag: etagOf(newest.Source), Body: FlowDoc{Name: in.Name, Source: newest.Source, Draft: newest.State == "draft", Programs: some(users)}}
	for _, v := range versions {
		out.Body.Versions = append(out.Body.Versions, FlowRelease{v.Version, v.State, v.PublishedAt, v.PublishedBy, v.Pinned, v.Open})
	}
	return out, nil
}

// flowUsers returns the programs that use a flow, if the caller reaches them.
func (s *Server) flowUsers(ctx context.Context, flow string) ([]string, error) {
	w, err := s.workshops.get(ctx)
	if err != nil {
		return nil, err
	}
	users := w.Programs(flow)
	if !reaches(ctx, users) {
		return nil, huma.Error403Forbidden("flow " + flow + " is used by programs that are not yours: " + strings.Join(users, ", "))
	}
	return users, nil
}

// etagOf names a source: its SHA-256.
func etagOf(source string) string {
	sum := sha256.Sum256([]byte(source))
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

type releaseInput struct {
	FlowPath
	Version int `path:"version" minimum:"1"`
}

// Source is the text of a flow.
type Source struct {
	Source string `json:"source" maxLength:"262144"`
}

func (s *Server) showRelease(ctx context.Context, in *releaseInput) (*answer[Source], error) {
	if _, err := s.flowUsers(ctx, in.Name); err != nil {
		return nil, err
	}
	v, err := s.release(ctx, in.Name, in.Version)
	return &answer[Source]{Source{v.Source}}, err
}

func (s *Server) release(ctx context.Context, flow string, version int) (programs.FlowVersion, error) {
	versions, err := s.Config.FlowVersions(ctx, flow)
	if err != nil {
		return programs.FlowVersion{}, configProblem(err)
	}
	for _, v := range versions {
		if v.Version == version {
			return v, nil
		}
	}
	return programs.FlowVersion{}, huma.Error404NotFound(fmt.Sprintf("flow %s has no version %d", flow, version))
}

type draftInput struct {
	FlowPath
	IfMatch     string `header:"If-Match" doc:"the ETag of what the draft was written over"`
	IfNoneMatch string `header:"If-None-Match" enum:"*" doc:"*: the flow must be new"`
	Body        Source
}

type draftAnswer struct {
	ETag string `header:"ETag"`
	Body struct {
		Version int `json:"version" doc:"that the draft will be when it is published"`
	}
}

// reserved are names of flows that the addresses of the API and the UI have
// another use for.
var reserved = []string{"new", "templates"}

// keepDraft keeps any source whose name is right, with errors or not: nobody
// shall lose what is half written.
func (s *Server) keepDraft(ctx context.Context, in *draftInput) (*draftAnswer, error) {
	users, err := s.flowUsers(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	if in.IfMatch == "" && slices.Contains(reserved, in.Name) {
		return nil, invalid("path.name", "a flow cannot be called "+in.Name+": its address leads elsewhere; choose another name")
	}
	if name := dialogs.NameOf([]byte(in.Body.Source)); name != in.Name {
		return nil, invalid("body.source", fmt.Sprintf("the flow calls itself %q, not %q: keep it under its own name", name, in.Name))
	}
	over, err := s.overwrites(ctx, in)
	if err != nil {
		return nil, err
	}
	out := &draftAnswer{ETag: etagOf(in.Body.Source)}
	out.Body.Version, err = s.Config.Draft(ctx, in.Name, in.Body.Source, over)
	if err != nil {
		return nil, configProblem(err)
	}
	return out, s.record(ctx, "kept a draft", "flow "+in.Name, onlyOne(users), nil, obj{"version": out.Body.Version, "sha256": strings.Trim(out.ETag, `"`)})
}

// obj is a small document for the audit log.
type obj map[string]any

// overwrites returns the SHA-256 of what the writer has seen; empty for nothing.
func (s *Server) overwrites(ctx context.Context, in *draftInput) ([]byte, error) {
	if in.IfMatch != "" {
		sum, err := hex.DecodeString(strings.Trim(in.IfMatch, `"`))
		if err != nil {
			return nil, invalid("header.If-Match", "this is no ETag of a flow: take it from GET")
		}
		return sum, nil
	}
	versions, err := s.Config.FlowVersions(ctx, in.Name)
	if len(versions) > 0 {
		if in.IfNoneMatch != "" {
			return nil, huma.Error412PreconditionFailed("there is a flow " + in.Name + " already")
		}
		return nil, huma.NewError(http.StatusPreconditionRequired, "say what the draft was written over: send the ETag of GET as If-Match")
	}
	if problem := configProblem(err); problem != nil {
		if known, ok := problem.(huma.StatusError); !ok || known.GetStatus() != http.StatusNotFound {
			return nil, err
		}
	}
	return []byte{}, nil
}

// Decision is what becomes of conversations that are under way.
type Decision struct {
	Policy string            `json:"policy" enum:"finish,move,end" doc:"finish: on their version; move: to the new one; end: with a text"`
	Move   map[string]string `json:"move,omitempty" doc:"old state to new state; those that are not named keep their name"`
	End    string            `json:"end,omitempty" doc:"the text"`
}

// Release says what is published.
type Release struct {
	Version int       `json:"version,omitempty" doc:"an earlier version, to go back to; absent: the draft"`
	Open    *Decision `json:"open,omitempty" doc:"needed when conversations stand at states that the version changes or lacks"`
	DryRun  bool      `json:"dry_run,omitempty" doc:"only tell what would happen"`
}

type publishInput struct {
	FlowPath
	Body Release
}

// Published is what a publication did.
type Published struct {
	Version  int       `json:"version" doc:"that is published now, or would be"`
	Changed  bool      `json:"changed"`
	Warnings []Trouble `json:"warnings" doc:"what it means for open conversations, among others"`
}

// publishFlow publishes a draft, or an earlier version again. Golden
// conversations are played first, and red ones refuse.
func (s *Server) publishFlow(ctx context.Context, in *publishInput) (*answer[Published], error) {
	users, err := s.flowUsers(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	v, err := s.toPublish(ctx, in.Name, in.Body.Version)
	if err != nil {
		return nil, err
	}
	wanted, problems := programs.Read(programs.Options{}, programs.Source{Name: "flow " + in.Name, Text: []byte(v.Source)})
	if problems.Err() != nil {
		return nil, configProblem(&programs.RefusedError{Problems: problems})
	}
	wish := programs.Wish{By: visitOf(ctx).name(), DryRun: in.Body.DryRun}
	if d := in.Body.Open; d != nil {
		wish.Open = programs.Open{Policy: d.Policy, Move: d.Move, End: d.End}
	}
	done, err := programs.Apply(ctx, s.Config, wanted, wish)
	if err != nil {
		return nil, configProblem(err)
	}
	out := Published{Version: wanted.Flows[0].Version, Changed: programs.Changes(done.Plan), Warnings: troubles(done.Warnings)}
	if in.Body.DryRun || !out.Changed {
		return &answer[Published]{out}, nil
	}
	return &answer[Published]{out}, s.record(ctx, "published", "flow "+in.Name, onlyOne(users), nil, obj{"version": out.Version, "source": v.Version, "open": in.Body.Open})
}

func (s *Server) toPublish(ctx context.Context, flow string, version int) (programs.FlowVersion, error) {
	if version != 0 {
		return s.release(ctx, flow, version)
	}
	versions, err := s.Config.FlowVersions(ctx, flow)
	if err != nil {
		return programs.FlowVersion{}, configProblem(err)
	}
	newest := versions[len(versions)-1]
	if newest.State != "draft" {
		return newest, huma.Error409Conflict("flow " + flow + " has no draft: nothing is new")
	}
	return newest, nil
}

type pinInput struct {
	FlowPath
	Body struct {
		Version int `json:"version" minimum:"0" doc:"that new conversations begin on; 0: the published one"`
	}
}

func (s *Server) pinFlow(ctx context.Context, in *pinInput) (*nothing, error) {
	users, err := s.flowUsers(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	if in.Body.Version > 0 {
		v, err := s.release(ctx, in.Name, in.Body.Version)
		if err != nil {
			return nil, err
		}
		if v.State == "draft" {
			return nil, huma.Error409Conflict("a draft cannot be pinned: publish it first")
		}
	}
	base, err := s.Config.Version(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := s.Config.Pin(ctx, base, in.Name, in.Body.Version); err != nil {
		return nil, configProblem(err)
	}
	return &nothing{}, s.record(ctx, "pinned", "flow "+in.Name, onlyOne(users), nil, obj{"version": in.Body.Version})
}
