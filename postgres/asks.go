package postgres

import (
	"context"
	"errors"
	"time"

	"repartee/dialogs"
	"repartee/inbox"
	"repartee/sms"
)

// Answer implements [inbox.Tx].
func (tx *inboxTx) Answer(context.Context, time.Time, []inbox.Ask) ([]dialogs.Answer, error) {
	return nil, &sms.PermanentError{Err: errors.New("asks are not answered yet")}
}

// Release implements [inbox.Tx].
func (tx *inboxTx) Release(context.Context, time.Time, []inbox.Ask) error { return nil }
