package admin

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"repartee/accounts"
	"repartee/programs"
	"repartee/sms"
)

// KindPath is a kind of configuration objects in a path.
type KindPath struct {
	Kind string `path:"kind" enum:"carriers,programs,places,webhooks,contact_fields,offers,catalogues,polls,games,short_codes,keywords"`
}

// ObjectPath is one configuration object in a path.
type ObjectPath struct {
	KindPath
	Key string `path:"key" maxLength:"100" doc:"its name or number; of a keyword: the short code, a space and the word"`
}

// Object is a configuration object: the document that a file of repartee apply
// has.
type Object struct {
	Key    string          `json:"key"`
	ETag   string          `json:"etag" doc:"to send as If-Match with an edit"`
	Object json.RawMessage `json:"object" doc:"of a keyword: the list of its entries"`
	// Secrets are never shown, but that they are there is.
	Secrets []string `json:"secrets" doc:"the secret keys that are set; a PUT that does not name them keeps them"`
}

// operated are the kinds that concern the way of messages rather than what is
// said: they need the right to operate.
var operated = []string{"carriers", "programs", "short_codes", "webhooks"}

// mayEdit refuses callers whose rights do not reach a kind, and the object that
// they want: nil for none.
func mayEdit(ctx context.Context, kind string, doc json.RawMessage) error {
	caller := visitOf(ctx).caller
	if slices.Contains(operated, kind) && !caller.May(accounts.Operate) {
		return huma.Error403Forbidden("to change " + kind + " needs the right operate, which the role " + string(caller.Role) + " does not have")
	}
	if doc != nil && !within(caller, kind, doc) {
		return huma.Error403Forbidden("this belongs to programs that are not yours")
	}
	return nil
}

// within reports whether the caller's rights reach an object: that of its
// program, or, for one that belongs to no program, of all.
func within(caller *accounts.Caller, kind string, doc json.RawMessage) bool {
	programs, ok := ownersOf(kind, doc)
	return ok && !slices.ContainsFunc(programs, func(p string) bool { return !caller.Within(p) })
}

// ownersOf names the programs that an object belongs to, "" for none, if the
// document can be read.
func ownersOf(kind string, doc json.RawMessage) (programs []string, ok bool) {
	type owned struct {
		Name    string `json:"name"`
		Program string `json:"program"`
	}
	var owners []owned
	if json.Unmarshal(doc, &owners) != nil { // one object, not the entries of a keyword
		owners = make([]owned, 1)
		if json.Unmarshal(doc, &owners[0]) != nil {
			return nil, false
		}
	}
	for _, o := range owners {
		if kind == "programs" {
			o.Program = o.Name
		}
		programs = append(programs, o.Program)
	}
	return programs, true
}

// ownerOf is the one program that an object belongs to, for the audit log.
func ownerOf(kind string, doc json.RawMessage) string {
	programs, _ := ownersOf(kind, doc)
	return onlyOne(programs)
}

// onlyOne is the program that stands alone in a list, "" if there are several.
func onlyOne(programs []string) string {
	programs = slices.Compact(programs)
	if len(programs) != 1 {
		return ""
	}
	return programs[0]
}

// document writes an object of a shop as JSON, nil when there is none.
func document(shop *programs.Shop, kind, key string) (json.RawMessage, error) {
	doc := shop.Document(kind, key)
	if doc == nil {
		return nil, nil
	}
	return json.Marshal(doc)
}

func (s *Server) listObjects(ctx context.Context, in *KindPath) (*answer[list[Object]], error) {
	shop, err := s.Config.CurrentShop(ctx)
	if err != nil {
		return nil, err
	}
	out := list[Object]{Items: []Object{}}
	for _, key := range shop.Keys(in.Kind) {
		doc, err := document(shop, in.Kind, key)
		if err != nil {
			return nil, err
		}
		if within(visitOf(ctx).caller, in.Kind, doc) {
			seen, err := veiled(ctx, in.Kind, doc)
			if err != nil {
				return nil, err
			}
			out.Items = append(out.Items, Object{key, etagOf(string(seen)), seen, shop.Secrets(in.Kind, key)})
		}
	}
	return &answer[list[Object]]{out}, nil
}

type objectAnswer struct {
	ETag string `header:"ETag"`
	Body Object
}

func (s *Server) showObject(ctx context.Context, in *ObjectPath) (*objectAnswer, error) {
	key := programs.ParseKey(in.Kind, in.Key)
	shop, err := s.Config.CurrentShop(ctx)
	if err != nil {
		return nil, err
	}
	doc, err := document(shop, in.Kind, key)
	if err != nil {
		return nil, err
	}
	if doc == nil || !within(visitOf(ctx).caller, in.Kind, doc) {
		return nil, huma.Error404NotFound("there is no " + programs.Singular(in.Kind) + " " + key)
	}
	seen, err := veiled(ctx, in.Kind, doc)
	if err != nil {
		return nil, err
	}
	tag := etagOf(string(seen)) // one of what is masked could be tried against numbers
	return &objectAnswer{tag, Object{key, tag, seen, shop.Secrets(in.Kind, key)}}, nil
}

// veiled masks the phones of a program's staff for callers who may not see
// phones. They may not change programs either, so that no mask is ever saved.
func veiled(ctx context.Context, kind string, doc json.RawMessage) (json.RawMessage, error) {
	if kind != "programs" || visitOf(ctx).caller.May(accounts.SeePhones) {
		return doc, nil
	}
	var program map[string]json.RawMessage
	if err := json.Unmarshal(doc, &program); err != nil || program["staff"] == nil {
		return doc, err
	}
	var staff map[string][]string
	if err := json.Unmarshal(program["staff"], &staff); err != nil {
		return nil, err
	}
	for _, phones := range staff {
		for i, text := range phones {
			phone, err := sms.ParseMSISDN(text)
			if err != nil {
				return nil, err
			}
			phones[i] = phone.Masked()
		}
	}
	masked, err := json.Marshal(staff)
	if err != nil {
		return nil, err
	}
	program["staff"] = masked
	return json.Marshal(program)
}

type objectInput struct {
	ObjectPath
	IfMatch     string          `header:"If-Match" doc:"the ETag of what is changed"`
	IfNoneMatch string          `header:"If-None-Match" enum:"*" doc:"*: the object must be new"`
	Body        json.RawMessage `doc:"the object; of a keyword: the list of its entries. GET /schemas/{kind} has its keys"`
}

// Planned is what an edit did, and what it means.
type Planned struct {
	Plan     []PlannedChange `json:"plan"`
	Warnings []Trouble       `json:"warnings"`
}

// PlannedChange is one line of a plan.
type PlannedChange struct {
	Op     string   `json:"op" enum:"create,update,keep"`
	Kind   string   `json:"kind"`
	Key    string   `json:"key"`
	Fields []string `json:"fields" doc:"what changes, such as window 10 → 64"`
}

func plannedOf(done programs.Applied) Planned {
	names := map[programs.Op]string{programs.Create: "create", programs.Update: "update", programs.Keep: "keep"}
	out := Planned{Plan: []PlannedChange{}, Warnings: troubles(done.Warnings)}
	for _, c := range done.Plan {
		out.Plan = append(out.Plan, PlannedChange{names[c.Op], c.Kind, c.Key, some(c.Fields)})
	}
	return out
}

type plannedAnswer struct {
	ETag string `header:"ETag"`
	Body Planned
}

// putObject makes an object or changes it as a whole.
func (s *Server) putObject(ctx context.Context, in *objectInput) (*plannedAnswer, error) {
	key := programs.ParseKey(in.Kind, in.Key)
	var out *plannedAnswer
	err := s.atVersion(ctx, func(shop *programs.Shop, store programs.Store) error {
		if err := mayEdit(ctx, in.Kind, in.Body); err != nil {
			return err
		}
		before, err := s.expected(ctx, shop, in.Kind, key, in.IfMatch, in.IfNoneMatch)
		if err != nil {
			return err
		}
		edit, problems := programs.ReadObject(shop, in.Kind, key, in.Body)
		if problems.Failed() {
			return editProblem(edit, problems)
		}
		done, err := programs.Apply(ctx, store, edit.Wanted, programs.Wish{By: visitOf(ctx).name()})
		var refused *programs.RefusedError
		if errors.As(err, &refused) {
			return editProblem(edit, refused.Problems)
		}
		if err != nil {
			return err
		}
		after, err := document(programs.Merge(shop, edit.Wanted), in.Kind, key)
		if err != nil {
			return err
		}
		out = &plannedAnswer{etagOf(string(after)), plannedOf(done)}
		if !programs.Changes(done.Plan) {
			return nil
		}
		action := "changed"
		if before == nil {
			action = "created"
		}
		return s.record(ctx, action, programs.Singular(in.Kind)+" "+key, ownerOf(in.Kind, after), nilIfEmpty(before), after)
	})
	return out, err
}

// nilIfEmpty keeps an absent document out of the audit log.
func nilIfEmpty(doc json.RawMessage) any {
	if doc == nil {
		return nil
	}
	return doc
}

// editAttempts is how often an edit is made anew because somebody changed
// another object meanwhile.
const editAttempts = 3

// atVersion calls f with the configuration, and a store that refuses to apply
// anything to another version of it.
func (s *Server) atVersion(ctx context.Context, f func(*programs.Shop, programs.Store) error) error {
	for attempt := 1; ; attempt++ {
		shop, err := s.Config.CurrentShop(ctx)
		if err != nil {
			return err
		}
		err = f(shop, versionStore{s.Config, shop.Version})
		if !errors.Is(err, programs.ErrChanged) || attempt == editAttempts {
			return configProblem(err)
		}
	}
}

// versionStore is the configuration as long as it has a version.
type versionStore struct {
	Config
	version int64
}

// CurrentShop implements [programs.Store].
func (v versionStore) CurrentShop(ctx context.Context) (*programs.Shop, error) {
	shop, err := v.Config.CurrentShop(ctx)
	if err == nil && shop.Version != v.version {
		err = programs.ErrChanged
	}
	return shop, err
}

// expected returns an object, if it is the one that the writer has seen.
func (s *Server) expected(ctx context.Context, shop *programs.Shop, kind, key, match, noneMatch string) (json.RawMessage, error) {
	doc, err := document(shop, kind, key)
	if err != nil {
		return nil, err
	}
	name := programs.Singular(kind) + " " + key
	switch {
	case doc == nil && match != "":
		return nil, huma.Error412PreconditionFailed("there is no " + name + " any more")
	case doc == nil:
		return nil, nil
	case !within(visitOf(ctx).caller, kind, doc):
		return nil, huma.Error403Forbidden(name + " belongs to programs that are not yours")
	case noneMatch != "":
		return nil, huma.Error412PreconditionFailed("there is a " + name + " already")
	case match == "":
		return nil, huma.NewError(http.StatusPreconditionRequired, "say what the change was made to: send the ETag of GET as If-Match")
	case match != etagOf(string(doc)):
		return nil, huma.Error412PreconditionFailed("somebody else changed " + name + " meanwhile: load it again, and make your change there")
	}
	return doc, nil
}

// editProblem tells the problems of an object at its keys.
func editProblem(e *programs.Edit, problems programs.Problems) error {
	var details []error
	for _, p := range problems {
		if p.Warning {
			continue
		}
		where, text := "body", p.Text
		switch path := strings.TrimPrefix(e.Path(p), "."); {
		case strings.HasPrefix(path, "["):
			where += path // body[0].word
		case path != "":
			where += "." + path
		}
		if p.Hint != "" {
			text += ": " + p.Hint
		}
		details = append(details, &huma.ErrorDetail{Location: where, Message: text})
	}
	return huma.Error422UnprocessableEntity("nothing was changed: see the errors", details...)
}

type deleteInput struct {
	ObjectPath
	IfMatch string `header:"If-Match" required:"true" doc:"the ETag of what is deleted"`
	DryRun  bool   `query:"dry_run" doc:"only tell whether it may be deleted"`
}

func (s *Server) deleteObject(ctx context.Context, in *deleteInput) (*nothing, error) {
	key := programs.ParseKey(in.Kind, in.Key)
	err := s.atVersion(ctx, func(shop *programs.Shop, _ programs.Store) error {
		if err := mayEdit(ctx, in.Kind, nil); err != nil {
			return err
		}
		before, err := s.expected(ctx, shop, in.Kind, key, in.IfMatch, "")
		if err != nil {
			return err
		}
		if _, err := s.Config.Delete(ctx, shop.Version, in.Kind, key, in.DryRun); err != nil || in.DryRun {
			return err
		}
		return s.record(ctx, "deleted", programs.Singular(in.Kind)+" "+key, ownerOf(in.Kind, before), before, nil)
	})
	return &nothing{}, err
}

// ObjectTrouble is a problem of a configuration object.
type ObjectTrouble struct {
	Kind     string `json:"kind,omitempty" doc:"such as keywords; absent when it is about no single object"`
	Key      string `json:"key,omitempty"`
	Severity string `json:"severity" enum:"error,warning"`
	Text     string `json:"text"`
	Hint     string `json:"hint,omitempty" doc:"what to do"`
}

// listProblems compiles the configuration as it is: keywords that hide each
// other, and what a release with stricter checks no longer takes.
func (s *Server) listProblems(ctx context.Context, _ *nothing) (*answer[list[ObjectTrouble]], error) {
	shop, err := s.Config.CurrentShop(ctx)
	if err != nil {
		return nil, err
	}
	_, problems := programs.Compile(shop, programs.DefaultRules(), &programs.Flows{})
	out := list[ObjectTrouble]{Items: []ObjectTrouble{}}
	for _, p := range problems {
		doc, err := document(shop, p.Kind, p.Key)
		if err != nil {
			return nil, err
		}
		if caller := visitOf(ctx).caller; doc == nil && caller.Within("") || within(caller, p.Kind, doc) {
			t := trouble(0, 0, p.Warning, p.Text, p.Hint)
			out.Items = append(out.Items, ObjectTrouble{p.Kind, p.Key, t.Severity, t.Text, t.Hint})
		}
	}
	return &answer[list[ObjectTrouble]]{out}, nil
}

// showSchema is the JSON Schema of a kind, for forms.
func (s *Server) showSchema(_ context.Context, in *KindPath) (*answer[map[string]any], error) {
	return &answer[map[string]any]{programs.Schema(in.Kind)}, nil
}

type fileAnswer struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

// exportConfig writes the configuration as a file of repartee apply; secrets
// stand there as the names of environment variables.
func (s *Server) exportConfig(ctx context.Context, _ *nothing) (*fileAnswer, error) {
	if err := whole(ctx); err != nil {
		return nil, err
	}
	shop, err := s.Config.CurrentShop(ctx)
	if err != nil {
		return nil, err
	}
	file, _, err := shop.Export(programs.ExportOptions{})
	return &fileAnswer{"application/yaml", file}, err
}

type applyInput struct {
	DryRun  bool   `query:"dry_run" doc:"only tell the plan"`
	Open    string `query:"open" doc:"what becomes of open conversations of flows that do not say it: finish, or end TEXT"`
	RawBody []byte `contentType:"application/yaml"`
}

// applyConfig creates what a file names and is not there, and updates what
// differs; it deletes nothing.
func (s *Server) applyConfig(ctx context.Context, in *applyInput) (*answer[Planned], error) {
	if err := whole(ctx); err != nil {
		return nil, err
	}
	open, err := programs.ParseOpen(in.Open)
	if err != nil {
		return nil, invalid("query.open", err.Error())
	}
	wanted, problems := programs.Read(programs.Options{}, programs.Source{Name: "body", Text: in.RawBody})
	if problems.Err() != nil {
		return nil, configProblem(&programs.RefusedError{Problems: problems})
	}
	done, err := programs.Apply(ctx, s.Config, wanted, programs.Wish{By: visitOf(ctx).name(), Open: open, DryRun: in.DryRun})
	if err != nil {
		return nil, configProblem(err)
	}
	out := plannedOf(done)
	if in.DryRun || !programs.Changes(done.Plan) {
		return &answer[Planned]{out}, nil
	}
	return &answer[Planned]{out}, s.record(ctx, "applied a file", "configuration", "", nil, out.Plan)
}
