package dialogs

import (
	"fmt"
	"maps"
	"slices"

	"repartee/sms"
)

// openTask is a notice that waits for an answer of its group.
type openTask struct {
	Task
	group string
	talk  sms.ID
}

// perform runs the doubles of what a step wants done beside its messages.
func (g *golden) perform(effects []Effect) {
	for _, e := range effects {
		g.effects = append(g.effects, e)
		switch e.Action {
		case "notify":
			g.notices = append(g.notices, notice{fmt.Sprint(e.Data["staff"]), fmt.Sprint(e.Data["text"])})
			g.open(e)
		case "forward":
			g.notices = append(g.notices, notice{fmt.Sprint(e.Data["group"]), fmt.Sprint(e.Data["text"])})
		case "start":
			if to := fmt.Sprint(e.Data["to"]); to != g.facts.Contact.MSISDN.String() {
				g.notices = append(g.notices, notice{to, fmt.Sprintf("(start %v)", e.Data["flow"])})
			}
		case "subscribe", "unsubscribe":
			g.subscribed[fmt.Sprint(e.Data["program"])] = e.Action == "subscribe"
		}
	}
	for _, e := range effects {
		if e.Action == "webhook" {
			a := g.answerOf("webhook", []string{fmt.Sprint(e.Data["name"])})
			g.step(Called{Talk: e.Talk, Key: e.Key, Result: a.Result, Data: a.Data})
		}
	}
}

func (g *golden) open(e Effect) {
	name, _ := e.Data["notice"].(string)
	if name == "" {
		return
	}
	version, _ := e.Data["version"].(int)
	g.tasks = append(g.tasks, openTask{
		Task: Task{
			ID: sms.ID(len(g.tasks) + 1), Number: len(g.tasks) + 1, Flow: fmt.Sprint(e.Data["flow"]), Version: version,
			Notice: name, Language: fmt.Sprint(e.Data["language"]),
		},
		group: fmt.Sprint(e.Data["staff"]), talk: e.Talk,
	})
}

// staffText is `GROUP> text`: a person of the group answers a phone that was
// handed to it, the newest question first, or else a notice.
func (g *golden) staffText(group, text string) {
	for _, id := range slices.Backward(slices.Sorted(maps.Keys(g.lastTalk))) {
		if g.ended[id] == "" && g.handedTo(g.lastTalk[id]) == group {
			g.step(Person{Talk: id, By: g.nameOf(group), Text: text})
			return
		}
	}
	f := g.facts
	f.Talks, f.Route = nil, nil
	for _, t := range g.tasks {
		if t.group == group {
			f.Tasks = append(f.Tasks, t.Task)
		}
	}
	r := Step(f, Text(text))
	if r.Rule == "task" && r.Ask == nil {
		g.notices = append(g.notices, notice{group, "(task-which) " + r.Messages[0].Text})
		return
	}
	if r.Ask == nil {
		g.fail("%s> %q answers no open notice", group, text)
		return
	}
	i := slices.IndexFunc(g.tasks, func(t openTask) bool { return t.ID.String() == r.Ask.Data["task"] })
	talk := g.tasks[i].talk
	g.tasks = slices.Delete(g.tasks, i, i+1)
	g.step(Event{Name: fmt.Sprint(r.Ask.Data["event"]), Talk: talk, Data: map[string]any{"by": g.nameOf(group), "text": text}})
}

// handedTo is the group that answers in a conversation, empty for none.
func (g *golden) handedTo(t Talk) string {
	f := g.facts.Flow(t.Flow, t.Version)
	if f == nil || f.byName[t.State] == nil || f.byName[t.State].person == nil {
		return ""
	}
	return f.byName[t.State].person.group
}

func (g *golden) nameOf(group string) string {
	if name := g.staff[group]; name != "" {
		return name
	}
	return group
}
