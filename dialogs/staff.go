package dialogs

import (
	"fmt"
	"strconv"
	"strings"

	"repartee/sms"
	"repartee/sms/fold"
)

// staffAnswer is what a person of the staff may answer to a notice.
type staffAnswer struct {
	matchers []matcher
	event    string
}

func (l *loader) staffAnswers(a *action, n *node, where string) {
	if n == nil {
		return
	}
	a.notice = where
	if l.inState != "" && !strings.HasPrefix(where, "anywhere.") {
		a.notice = l.inState + "/" + where
	}
	for _, item := range l.items(n, "answers", maxReplies) {
		if !l.keys(item, "an entry of `answers`", "is", "words", "event", "note") {
			continue
		}
		x := &staffAnswer{event: l.name(item.get("event"), "an event", flowName)}
		if x.matchers = l.matchers(item, "", nil); len(x.matchers) == 0 || x.event == "" {
			l.err(item.pos, "for example {is: yes, event: host.coming}", "an answer of the staff wants `is` or `words`, and `event`")
			continue
		}
		a.answers = append(a.answers, x)
	}
	if l.flow.notices == nil {
		l.flow.notices = map[string]*action{}
	}
	l.flow.notices[a.notice] = a
}

// events are the names that an answer to the notice may raise.
func (a *action) events() []any {
	out := make([]any, len(a.answers))
	for i, x := range a.answers {
		out[i] = x.event
	}
	return out
}

// staff lets a phone of the staff answer its open tasks. With one task a plain
// answer suffices; with several the number of the notice is asked for.
func (t *turn) staff() bool {
	words := fold.Words(t.text)
	several := len(t.f.Tasks) > 1
	unnumbered := false
	for i := range t.f.Tasks {
		task := &t.f.Tasks[i]
		text, named := withoutNumber(words, task.Number)
		if !several || !named {
			text = t.text
		}
		x := t.staffAnswer(task, text)
		switch {
		case x == nil:
		case several && !named:
			unnumbered = true
		default:
			t.close(task, x)
			return true
		}
	}
	if unnumbered {
		t.whichTask()
	}
	return unnumbered
}

// whichTask lists the numbers of the open tasks and asks for one.
func (t *turn) whichTask() {
	newest := t.f.Tasks[len(t.f.Tasks)-1]
	numbers := make([]string, len(t.f.Tasks))
	for i, task := range t.f.Tasks {
		numbers[i] = strconv.Itoa(task.Number)
	}
	t.res.Messages = append(t.res.Messages, Message{
		Standard: "task-which", Text: strings.Join(numbers, ", "), Language: newest.Language, Class: sms.Reply, Program: t.f.Program.Name,
	})
}

// withoutNumber takes the number of a task out of an answer: "OK 41".
func withoutNumber(words []string, number int) (rest string, named bool) {
	var out []string
	for _, w := range words {
		if w == strconv.Itoa(number) && !named {
			named = true
			continue
		}
		out = append(out, w)
	}
	return strings.Join(out, " "), named
}

func (t *turn) staffAnswer(task *Task, text string) *staffAnswer {
	flow := t.f.Flow(task.Flow, task.Version)
	if flow == nil || flow.notices[task.Notice] == nil {
		return nil
	}
	langs := flow.hearing[max(0, flow.language(task.Language))]
	h := &hearing{langs: langs, failed: new(error)}
	h.said = hear(text, langs)
	for _, l := range []level{exact, loose} {
		var found *staffAnswer
		n := 0
		for _, x := range flow.notices[task.Notice].answers {
			for _, m := range x.matchers {
				if _, ok := m.match(h, l); ok {
					n++
					if found == nil {
						found = x
					}
					break
				}
			}
		}
		if found != nil && (l == exact || n == 1) {
			return found
		}
	}
	return nil
}

// close asks for the task to be closed; when somebody was faster nothing more
// happens: the phone was told.
func (t *turn) close(task *Task, x *staffAnswer) {
	staff := &conv{Talk: Talk{Program: t.f.Program.Name}}
	answer, err := t.inquire(staff, "task", map[string]any{"task": task.ID.String(), "event": x.event, "text": shortened(t.text)})
	if err == nil {
		t.res.Trace = append(t.res.Trace, fmt.Sprintf("task %d>%s: %s", task.Number, x.event, answer.Result))
	}
}
