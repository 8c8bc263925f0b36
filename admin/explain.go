package admin

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"repartee/accounts"
	"repartee/sms"
	"repartee/views"
)

type explainInboundInput struct {
	Text      string `query:"text" required:"true" maxLength:"5000" doc:"what the phone writes; \\n and \\uXXXX are understood"`
	ShortCode string `query:"short_code" example:"36111" doc:"the short code that is texted: its keywords then count"`
	From      string `query:"from" doc:"the phone, whose open conversation on the short code then counts; needs see-phones"`
	Context   string `query:"context" enum:"none,dialog,opt-in-pending" doc:"a question waits for its answer, or for a yes to marketing; absent: none, or what is stored of from"`
	Language  string `query:"language" example:"en,es" doc:"languages of the program"`
	SMSPlus   bool   `query:"sms_plus" doc:"the code is a French SMS+ one"`
}

// explainInbound says what a text means, as the message path reads it.
func (s *Server) explainInbound(ctx context.Context, in *explainInboundInput) (*answer[*views.Reading], error) {
	if in.From != "" {
		if err := maySeeStored(ctx, "from"); err != nil {
			return nil, err
		}
	}
	if number, err := sms.ParseShortCode(in.ShortCode); err == nil && s.Snapshot().Codes[number] != nil && !s.reachesCode(ctx, number) {
		return nil, huma.Error403Forbidden("short code " + in.ShortCode + " is not yours")
	}
	out, err := s.Explain.Inbound(ctx, map[string]string{
		"text": in.Text, "short-code": in.ShortCode, "from": in.From, "context": in.Context, "language": in.Language, "sms-plus": strconv.FormatBool(in.SMSPlus),
	}, s.Clock())
	return &answer[*views.Reading]{out}, inQuery(err)
}

type explainOutboundInput struct {
	To          string `query:"to" required:"true" example:"33612345678" doc:"the phone"`
	Class       string `query:"class" required:"true" enum:"marketing,transactional,reply,compliance"`
	At          string `query:"at" example:"2026-07-14T10:00:00Z" doc:"the moment; absent: now"`
	Profile     string `query:"profile" example:"FR-strict" doc:"of sending hours; absent: that of the phone's country"`
	Program     string `query:"program" doc:"who writes: its hours, and what is stored of the phone, then count; needs see-phones"`
	Sent        string `query:"sent" doc:"moments of earlier marketing, with commas between them"`
	Consent     string `query:"consent" enum:"none,pending,single,double,opted-out" doc:"absent: opted in, or what is stored"`
	Expires     string `query:"expires" doc:"when the message loses its sense"`
	Suppressed  string `query:"suppressed" doc:"scope of an entry on the suppression list: everywhere, code, program, marketing or invalid"`
	PausedUntil string `query:"paused_until" doc:"end of a pause by receipts"`
	WhenQuiet   string `query:"when_quiet" enum:"hold,drop"`
	Country     string `query:"country" doc:"of the contact record"`
	Region      string `query:"region" doc:"of the contact record: state or province"`
	PostalCode  string `query:"postal_code" doc:"of the contact record"`
	TimeZone    string `query:"time_zone" doc:"of the contact record"`
}

// explainOutbound says whether a message may go and when, as the gate decides.
func (s *Server) explainOutbound(ctx context.Context, in *explainOutboundInput) (*answer[*views.Judgement], error) {
	if in.Program != "" {
		if err := maySeeStored(ctx, "program"); err != nil {
			return nil, err
		}
		if s.Snapshot().Program(in.Program) != nil && !visitOf(ctx).caller.Within(in.Program) {
			return nil, huma.Error403Forbidden("program " + in.Program + " is not yours")
		}
	}
	out, err := s.Explain.Outbound(ctx, map[string]string{
		"to": in.To, "class": in.Class, "at": in.At, "profile": in.Profile, "program": in.Program, "sent": in.Sent, "consent": in.Consent,
		"expires": in.Expires, "suppressed": in.Suppressed, "paused-until": in.PausedUntil, "when-quiet": in.WhenQuiet,
		"country": in.Country, "region": in.Region, "postal-code": in.PostalCode, "time-zone": in.TimeZone,
	}, s.Clock())
	return &answer[*views.Judgement]{out}, inQuery(err)
}

// maySeeStored refuses those who may not see phones what is stored of one,
// which the answer tells.
func maySeeStored(ctx context.Context, parameter string) error {
	if visitOf(ctx).caller.May(accounts.SeePhones) {
		return nil
	}
	return huma.Error403Forbidden("with " + parameter + " the answer tells what is stored of the phone, which needs the right " + string(accounts.SeePhones) + ": leave " + parameter + " out")
}

// inQuery puts what is wrong with a question at its parameter.
func inQuery(err error) error {
	var wrong *views.InvalidError
	if errors.As(err, &wrong) {
		return invalid("query."+strings.ReplaceAll(wrong.Field, "-", "_"), wrong.Text)
	}
	return err
}
