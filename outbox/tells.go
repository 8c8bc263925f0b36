package outbox

import (
	"context"
	"time"

	"go.uber.org/zap"

	"repartee/sms"
)

// TellStore keeps what turns want done after their commit.
type TellStore interface {
	// OpenTells returns tells that are not done, oldest first.
	OpenTells(ctx context.Context, limit int) ([]Tell, error)
	// Told marks a tell as done and stores its messages, both or neither.
	Told(ctx context.Context, tell sms.ID, ms []sms.Outbound) error
}

// Tell is an action that a turn wrote down for after its commit.
type Tell struct {
	ID      sms.ID
	Kind    string // notify
	Code    sms.ShortCode
	Program string
	Talk    sms.ID
	Data    map[string]any
}

// noticeLife is how long a notice to staff is worth sending.
const noticeLife = time.Hour

// PerformTells performs what is open, and reports how much there was.
func (o *Outbox) PerformTells(ctx context.Context, store TellStore) (int, error) {
	tells, err := store.OpenTells(ctx, 100)
	if err != nil {
		return 0, err
	}
	for i := range tells {
		if err := o.perform(ctx, store, &tells[i]); err != nil {
			return i, err
		}
	}
	return len(tells), nil
}

// perform sends the notice of a tell to each phone of the staff group; whoever
// of them said STOP gets none.
func (o *Outbox) perform(ctx context.Context, store TellStore, t *Tell) error {
	snap := o.Config()
	var ms []sms.Outbound
	name, _ := t.Data["program"].(string)
	if name == "" {
		name = t.Program
	}
	group, _ := t.Data["staff"].(string)
	text, _ := t.Data["text"].(string)
	if p := snap.Program(name); p != nil && t.Kind == "notify" {
		now := o.clock()
		for _, phone := range p.Staff[group] {
			ms = append(ms, sms.Outbound{
				ID: o.IDs.Next(now), To: phone, Code: t.Code, Program: p.ID, Class: sms.Transactional, Talk: t.Talk, Expires: now.Add(noticeLife), Text: text,
			})
		}
	}
	if len(ms) == 0 {
		o.log.Warn("a flow notifies a staff group that has no phones: add them to the program's staff", zap.String("program", name), zap.String("group", group))
	}
	if err := o.judgeAll(ctx, ms); err != nil {
		return err
	}
	if err := store.Told(ctx, t.ID, ms); err != nil {
		return err
	}
	for i := range ms {
		o.waiting(ms[i].Carrier)
	}
	return nil
}
