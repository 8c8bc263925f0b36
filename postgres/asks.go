package postgres

import (
	"context"
	"fmt"
	"time"

	"repartee/dialogs"
	"repartee/inbox"
	"repartee/sms"
)

// askKind answers the asks of one action.
type askKind struct {
	action string
	// answer answers all asks of a round, of which there is at least one, in
	// their order and with one statement. An ask that comes earlier wins.
	answer func(ctx context.Context, tx *inboxTx, now time.Time, asks []inbox.Ask) ([]dialogs.Answer, error)
	// release gives back what asks took or gave, found by their ids; nil when
	// there is nothing to give back.
	release func(ctx context.Context, tx *inboxTx, now time.Time, asks []inbox.Ask) error
}

// askKinds are all actions that ask, in the order in which rows of what they
// share are locked.
var askKinds = []askKind{
	{action: "task", answer: closeTasks, release: reopenTasks},
	{action: "redeem", answer: redeem, release: unredeem},
	{action: "draw", answer: draw, release: undraw},
	{action: "vote", answer: vote, release: unvote},
	{action: "refer", answer: refer, release: unrefer},
	{action: "points", answer: points, release: takeBackPoints},
	{action: "issue", answer: issue, release: unissue},
	{action: "reserve", answer: reserve, release: unreserve},
	{action: "order", answer: order, release: unorder},
	{action: "load", answer: load},
	{action: "lookup", answer: lookup},
}

// Answer implements [inbox.Tx]: one statement per kind.
func (tx *inboxTx) Answer(ctx context.Context, now time.Time, asks []inbox.Ask) ([]dialogs.Answer, error) {
	answers := make([]dialogs.Answer, len(asks))
	left := len(asks)
	for i := range askKinds {
		k := &askKinds[i]
		of, where := k.among(asks)
		if len(of) == 0 {
			continue
		}
		got, err := k.answer(ctx, tx, now, of)
		if err == nil && len(got) != len(of) {
			err = fmt.Errorf("%d answers to %d asks", len(got), len(of))
		}
		if err != nil {
			return nil, judge(k.action, err)
		}
		for i, at := range where {
			answers[at] = got[i]
		}
		left -= len(of)
	}
	if left > 0 {
		return nil, &sms.PermanentError{Err: fmt.Errorf("a flow asks for something that nothing answers: %s", unknownAsk(asks))}
	}
	return answers, nil
}

// Release implements [inbox.Tx].
func (tx *inboxTx) Release(ctx context.Context, now time.Time, asks []inbox.Ask) error {
	for i := range askKinds {
		k := &askKinds[i]
		of, _ := k.among(asks)
		if len(of) == 0 || k.release == nil {
			continue
		}
		if err := k.release(ctx, tx, now, of); err != nil {
			return judge("give back "+k.action, err)
		}
	}
	return nil
}

// among picks the asks of the kind, and says where they were.
func (k *askKind) among(asks []inbox.Ask) (of []inbox.Ask, where []int) {
	for i := range asks {
		if asks[i].Action == k.action {
			of, where = append(of, asks[i]), append(where, i)
		}
	}
	return of, where
}

func unknownAsk(asks []inbox.Ask) string {
next:
	for i := range asks {
		for k := range askKinds {
			if askKinds[k].action == asks[i].Action {
				continue next
			}
		}
		return asks[i].Action
	}
	return ""
}
