package outbox

import "repartee/sms"

// Low returns an id below which no message born `sending` on this node is
// unfinished: after a crash, nothing older has to be looked at. fallback is
// returned when there is none.
func (o *Outbox) Low(fallback sms.ID) sms.ID {
	low := fallback
	lower := func(id sms.ID) { low = min(low, id) }
	for _, l := range o.allLines() {
		l.mu.Lock()
		for _, ln := range l.lanes {
			if ln.current != nil {
				lower(ln.current.ID)
			}
			if len(ln.answers) > 0 {
				lower(ln.answers[0].ID)
			}
		}
		l.mu.Unlock()
	}
	o.recorder.unwritten(lower)
	return low
}

// unwritten tells the messages whose outcomes are not committed yet.
func (r *recorder) unwritten(tell func(sms.ID)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range []*entries{r.next, r.writing} {
		if e == nil {
			continue
		}
		for _, u := range e.order {
			tell(u.ID)
		}
		for id := range e.requeues {
			tell(id)
		}
	}
}
