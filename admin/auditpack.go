package admin

import (
	"context"
	"slices"
	"strings"
	"time"

	"repartee/programs"
	"repartee/sms"
)

// ProgramPath is the name of a program in a path.
type ProgramPath struct {
	Program string `path:"program"`
}

// AuditPack is what a carrier or a regulator asks of a program: what phones
// agree to, how they stop, and proof that it is so.
type AuditPack struct {
	Program string               `json:"program"`
	Brand   string               `json:"brand"`
	Contact string               `json:"contact"`
	Terms   string               `json:"terms_url,omitempty"`
	Consent string               `json:"consent" enum:"single,double" doc:"what marketing needs"`
	At      time.Time            `json:"at"`
	Answers map[string]Languages `json:"answers" doc:"the standard answers, by name and language"`
	Wording []Wording            `json:"wording" doc:"what phones were shown when their consent changed, the newest first"`
	Flows   []PackFlow           `json:"flows" doc:"that the program's words begin"`
}

// Languages has a text in each language.
type Languages map[string]string

// Wording is what phones were shown, from the ledger.
type Wording struct {
	Event string    `json:"event" enum:"opt-in,pending,confirmed,opt-out"`
	Text  string    `json:"text"`
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
	Count int       `json:"count"`
}

// PackFlow is a flow with its versions, and transcripts of its published one.
type PackFlow struct {
	Name        string        `json:"name"`
	Versions    []FlowRelease `json:"versions" doc:"oldest first"`
	Transcripts []Transcript  `json:"transcripts" doc:"made by running the flow"`
}

// Transcript is a conversation in which a phone asks for help and stops.
type Transcript struct {
	Language string `json:"language"`
	Lines    []Line `json:"lines"`
}

// codeOf is a short code whose answers are a program's, 0 for none.
func (s *Server) codeOf(p *programs.Program) (first sms.ShortCode) {
	for number, c := range s.Snapshot().Codes {
		if c.Program == p && (first == 0 || number < first) {
			first = number
		}
	}
	return first
}

// showAuditPack runs each flow of a program in each of its languages: the word
// that begins it, HELP, and STOP.
func (s *Server) showAuditPack(ctx context.Context, in *ProgramPath) (*answer[AuditPack], error) {
	p, err := s.program(ctx, in.Program)
	if err != nil {
		return nil, err
	}
	w, err := s.workshops.get(ctx)
	if err != nil {
		return nil, err
	}
	shown, err := s.Lists.Wordings(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	found, err := s.Config.FlowList(ctx)
	if err != nil {
		return nil, err
	}
	out := AuditPack{
		Program: p.Name, Brand: p.Brand, Contact: p.Contact, Terms: p.TermsURL, Consent: p.Consent, At: s.Clock().UTC(),
		Answers: map[string]Languages{}, Wording: []Wording{}, Flows: []PackFlow{},
	}
	for _, x := range shown {
		out.Wording = append(out.Wording, Wording{x.Event, x.Text, x.First.UTC(), x.Last.UTC(), x.Count})
	}
	for _, name := range programs.AnswerNames() {
		out.Answers[name] = Languages{}
		for _, language := range p.Languages {
			out.Answers[name][language] = p.Answer(s.codeOf(p), name, language)
		}
	}
	for _, f := range found {
		if f.Version == 0 || !slices.Contains(w.Programs(f.Name), p.Name) {
			continue
		}
		flow, err := s.packed(ctx, w, p, f.Name)
		if err != nil {
			return nil, err
		}
		if len(flow.Transcripts) > 0 {
			out.Flows = append(out.Flows, flow)
		}
	}
	return &answer[AuditPack]{out}, nil
}

// packed runs the published version of a flow.
func (s *Server) packed(ctx context.Context, w *programs.Workshop, p *programs.Program, name string) (out PackFlow, err error) {
	versions, err := s.Config.FlowVersions(ctx, name)
	if err != nil {
		return out, configProblem(err)
	}
	words, lines := w.Words(name)
	if len(words) == 0 {
		return out, nil // nobody begins it by a text
	}
	out = PackFlow{Name: name, Versions: []FlowRelease{}, Transcripts: []Transcript{}}
	for _, v := range versions {
		if v.State != "draft" {
			out.Versions = append(out.Versions, FlowRelease{v.Version, v.State, v.PublishedAt, v.PublishedBy, v.Pinned, v.Open})
		}
		if v.State != "published" {
			continue
		}
		d := w.Draft(v.Source, p.Name)
		if d.Flow == nil {
			continue // an earlier release of the gateway took it
		}
		for _, language := range d.Flow.Languages {
			out.Transcripts = append(out.Transcripts, Transcript{language, rehearsed(&d, words[0], lines, language)})
		}
	}
	return out, nil
}

// rehearsed plays what begins a flow, HELP and STOP.
func rehearsed(d *programs.Draft, word string, setting []string, language string) []Line {
	r := d.Flow.Rehearse(d.Options)
	lines := []Line{}
	r.Play("$ language " + language)
	for _, line := range setting {
		r.Play(line)
	}
	for _, text := range []string{word, "HELP", "STOP"} {
		heard := r.Play("> " + text)
		lines = append(lines, Line{heard.Now.UTC(), true, text})
		for _, u := range heard.Said {
			if u.To != "" {
				continue
			}
			if u.Standard != "" {
				u.Text = strings.TrimSpace(d.Answer(u.Standard, language) + " " + u.Text)
			}
			lines = append(lines, Line{heard.Now.UTC(), false, u.Text})
		}
	}
	return lines
}
