package admin

import (
	"cmp"
	"slices"
	"time"

	"go.uber.org/zap"

	"repartee/smpp"
	"repartee/sms"
	"repartee/views"
)

const (
	lookEach  = 500 * time.Millisecond
	lookShare = 10               // a look may take one part in so many of the time,
	lookLast  = 3 * time.Second  // but the next one comes by then
	lookOn    = 10 * time.Second // after the last listener has gone, for one who comes back
	blindFor  = 50 * time.Second // without a look, after which rows may have been missed
	maxFollow = 1000             // old messages whose states are followed
)

// lookout is one time of looking, from the first listener to the last.
type lookout struct {
	hub   *hub
	ready chan struct{} // closed when all that happens from now on is seen
	left  time.Time     // when the last listener went; under the hub's lock

	begun    sms.ID
	mark     string
	seen     time.Time // of the last look that succeeded
	failing  bool
	messages map[sms.ID]message
	links    map[string]views.Event // of carriers
}

// message is a message to a phone as it was told last.
type message struct {
	phone sms.MSISDN
	state string
}

func newLookout(h *hub) *lookout {
	return &lookout{hub: h, ready: make(chan struct{}), begun: sms.FirstID(h.clock()), messages: map[sms.ID]message{}, links: linksOf(h.links)}
}

func (o *lookout) run() {
	for {
		start := time.Now()
		o.look()
		if o.hub.idle(o) {
			return
		}
		select {
		case <-o.hub.ctx.Done():
			return
		case <-time.After(min(max(lookEach, lookShare*time.Since(start)), lookLast)):
		}
	}
}

func (o *lookout) look() {
	now := o.hub.clock()
	g, err := o.hub.live.Look(o.hub.ctx, o.mark, o.followed(now), now)
	if err != nil {
		if !o.failing && o.hub.ctx.Err() == nil {
			o.hub.log.Warn("live views wait", zap.Error(err))
		}
		o.failing = true
		return
	}
	first, blind := o.mark == "", time.Since(o.seen) > blindFor
	o.mark, o.seen, o.failing = g.Mark, time.Now(), false
	if first {
		close(o.ready)
		return
	}
	o.hub.tell(append(o.told(g.Events), o.carriers(now)...), g.More || blind)
}

// told makes events of states of the messages that are known, or were there
// before the looking began. What was changed without another state is left out.
func (o *lookout) told(events []views.Event) []views.Event {
	kept := events[:0]
	for _, e := range events {
		if e.Kind == views.MessageOut {
			was, known := o.messages[e.ID]
			if known && was.state == e.State {
				continue
			}
			if known || e.ID < o.begun {
				e.Kind, e.Text = views.Status, ""
			}
			o.messages[e.ID] = message{e.Thread.Phone, e.State}
		}
		kept = append(kept, e)
	}
	return kept
}

// followed are the newest messages that are old and not at their end. What else
// is old is forgotten.
func (o *lookout) followed(now time.Time) []views.Followed {
	young := sms.FirstID(now.Add(-views.LookBack))
	var list []views.Followed
	for id, m := range o.messages {
		if id > young {
			continue
		}
		if state, err := sms.ParseState(m.state); err == nil && (state.InMotion() || state == sms.Sent) {
			list = append(list, views.Followed{Phone: m.phone, ID: id})
		} else {
			delete(o.messages, id)
		}
	}
	if len(list) > maxFollow {
		slices.SortFunc(list, func(x, y views.Followed) int { return cmp.Compare(y.ID, x.ID) })
		for _, f := range list[maxFollow:] {
			delete(o.messages, f.ID)
		}
		list = list[:maxFollow]
	}
	return list
}

// carriers tells which carriers have changed.
func (o *lookout) carriers(now time.Time) (events []views.Event) {
	was := o.links
	o.links = linksOf(o.hub.links)
	for name, e := range o.links {
		if e != was[name] {
			e.At = now
			events = append(events, e)
		}
	}
	return events
}

// linksOf describes each carrier as an event, without its time.
func linksOf(links views.Links) map[string]views.Event {
	all := map[string]views.Event{}
	for _, c := range links.Carriers() {
		e := views.Event{Kind: views.CarrierOf, Carrier: c.Name, Sessions: views.Sessions{All: len(c.Binds)}, State: "partly"}
		for _, b := range c.Binds {
			if b.State == smpp.Bound.String() {
				e.Bound++
			}
		}
		switch {
		case c.Paused:
			e.State = "paused"
		case e.Bound == e.All:
			e.State = "bound"
		case e.Bound == 0:
			e.State = "down"
		}
		all[c.Name] = e
	}
	return all
}
