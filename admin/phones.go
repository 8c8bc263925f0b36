package admin

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"repartee/accounts"
	"repartee/sms"
)

// shown writes a phone as the caller may see it.
func shown(ctx context.Context, phone sms.MSISDN) string {
	if visitOf(ctx).caller.May(accounts.SeePhones) {
		return phone.String()
	}
	return phone.Masked()
}

// words are what somebody wrote, for those who may read it.
func words(ctx context.Context, text string) string {
	if visitOf(ctx).caller.May(accounts.SeePhones) {
		return text
	}
	return ""
}

// PhonePath is a phone in a path.
type PhonePath struct {
	MSISDN string `path:"msisdn" example:"33612345678" doc:"in international form"`
}

func (p *PhonePath) phone() (sms.MSISDN, error) {
	phone, err := sms.ParseMSISDN(p.MSISDN)
	if err != nil {
		return 0, invalid("path.msisdn", err.Error())
	}
	return phone, nil
}

// whole refuses callers who are narrowed to programs what concerns all of them.
func whole(ctx context.Context) error {
	if !visitOf(ctx).caller.Within("") {
		return huma.Error403Forbidden("this concerns all programs, and your rights are for some: ask somebody whose rights are not narrowed")
	}
	return nil
}

// Because is the reason of a change that a person answers for.
type Because struct {
	Reason string `json:"reason" minLength:"3" maxLength:"500" doc:"for the record"`
}
