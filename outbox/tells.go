package outbox

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"go.uber.org/zap"

	"repartee/programs"
	"repartee/sms"
)

// TellStore keeps what turns want done after their commit.
type TellStore interface {
	// OpenTells returns notices that are not sent, oldest first.
	OpenTells(ctx context.Context, limit int) ([]Tell, error)
	// NewTask gives a number to a question for staff, and tells which of the
	// phones have other open ones.
	NewTask(ctx context.Context, phones []sms.Thread) (number int16, busy map[sms.Thread]bool, err error)
	// TaskPhones lists the phones that a task was sent to.
	TaskPhones(ctx context.Context, task sms.ID) ([]sms.MSISDN, error)
	// Told marks a tell as done and stores its messages and its task (nil for
	// none): all or nothing.
	Told(ctx context.Context, tell *Tell, ms []sms.Outbound, task *Task) error
}

// Tell is an action that a turn wrote down for after its commit.
type Tell struct {
	ID      sms.ID
	At      time.Time
	Kind    string // notify, task-closed, webhook
	Thread  sms.Thread
	Program string
	Talk    sms.ID
	Data    map[string]any
	Tries   int // of a webhook, before this one
}

// Task is a question to the phones of a staff group. It has the id of its tell.
type Task struct {
	Number   int16
	Group    string
	Flow     string
	Version  int
	Notice   string
	Language string
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
		err := o.perform(ctx, store, &tells[i])
		if sms.Permanent(err) {
			o.log.Error("a notice to staff cannot be sent and is dropped", zap.Error(err))
			err = store.Told(ctx, &tells[i], nil, nil)
		}
		if err != nil {
			return i, err
		}
	}
	return len(tells), nil
}

func (o *Outbox) perform(ctx context.Context, store TellStore, t *Tell) error {
	var ms []sms.Outbound
	var task *Task
	var err error
	switch p := o.programOf(t); {
	case p == nil: // no longer configured: nobody is there to be told
	case t.Kind == "notify":
		ms, task, err = o.notices(ctx, store, t, p)
	case t.Kind == "task-closed":
		ms, err = o.closed(ctx, store, t, p)
	}
	if err != nil {
		return err
	}
	if err := o.judgeAll(ctx, ms); err != nil {
		return err
	}
	if err := store.Told(ctx, t, ms, task); err != nil {
		return err
	}
	for i := range ms {
		o.waiting(ms[i].Carrier)
	}
	return nil
}

func (o *Outbox) programOf(t *Tell) *programs.Program {
	snap := o.Config()
	if p := snap.Program(t.text("program")); p != nil {
		return p
	}
	return snap.Program(t.Program)
}

// notices are the messages to each phone of the staff group. When an answer is
// wanted, they ask a task; a phone that has others gets its number with it.
func (o *Outbox) notices(ctx context.Context, store TellStore, t *Tell, p *programs.Program) (ms []sms.Outbound, task *Task, err error) {
	group, text := t.text("staff"), t.text("text")
	phones := p.Staff[group]
	if len(phones) == 0 {
		o.log.Warn("a flow notifies a staff group that has no phones: add them to the program's staff", zap.String("program", p.Name), zap.String("group", group))
		return nil, nil, nil
	}
	var busy map[sms.Thread]bool
	if version, asks := t.Data["version"].(float64); asks {
		task = &Task{Group: group, Flow: t.text("flow"), Version: int(version), Notice: t.text("notice"), Language: t.text("language")}
		threads := make([]sms.Thread, len(phones))
		for i, phone := range phones {
			threads[i] = sms.Thread{Phone: phone, Code: t.Thread.Code}
		}
		if task.Number, busy, err = store.NewTask(ctx, threads); err != nil {
			return nil, nil, err
		}
	}
	for _, phone := range phones {
		m := o.notice(t, p, phone, text)
		if busy[m.Thread()] {
			m.Text = fmt.Sprintf("%d: %s", task.Number, text)
		}
		ms = append(ms, m)
	}
	return ms, task, nil
}

// closed tells the others of the group that somebody was quicker.
func (o *Outbox) closed(ctx context.Context, store TellStore, t *Tell, p *programs.Program) (ms []sms.Outbound, err error) {
	task, err := strconv.ParseInt(t.text("task"), 10, 64)
	if err != nil {
		return nil, &sms.PermanentError{Err: fmt.Errorf("the id of a task: %w", err)}
	}
	phones, err := store.TaskPhones(ctx, sms.ID(task))
	if err != nil {
		return nil, err
	}
	text := p.Answer(t.Thread.Code, "task-closed", t.text("language"))
	slices.Sort(phones)
	for _, phone := range phones {
		if phone.String() != t.text("by") {
			ms = append(ms, o.notice(t, p, phone, text))
		}
	}
	return ms, nil
}

func (o *Outbox) notice(t *Tell, p *programs.Program, phone sms.MSISDN, text string) sms.Outbound {
	now := o.clock()
	return sms.Outbound{
		ID: o.IDs.Next(now), To: phone, Code: t.Thread.Code, Program: p.ID, Class: sms.Transactional, Talk: t.Talk, Expires: now.Add(noticeLife), Text: text,
	}
}

func (t *Tell) text(key string) string {
	s, _ := t.Data[key].(string)
	return s
}
