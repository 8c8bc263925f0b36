package smpp

import "time"

// proof keeps which answers of a bind the SMSC is known to have. TCP keeps
// order: when the SMSC responds to a request, it has read everything that was
// written before that request. Every frame given to the socket has a position
// (1, 2, 3 …); an answer is proven when a request of a later position was
// responded to. The caller locks.
type proof struct {
	proved    int64    // all arrivals up to here are proven
	positions []uint64 // of the answers to the arrivals behind it; 0 is not written
	head      int      // index of arrival proved+1 in positions
	newest    uint64   // position of the answer written last
	responded uint64   // largest position of a request that was responded to
	since     time.Time
}

// answered notes that the answer to an arrival was given to the socket.
func (p *proof) answered(arrival int64, position uint64, now time.Time) {
	at := p.head + int(arrival-p.proved) - 1
	for len(p.positions) <= at {
		p.positions = append(p.positions, 0)
	}
	p.positions[at] = position
	if !p.open() {
		p.since = now
	}
	p.newest = position
}

// respond notes that the request at the position was responded to.
func (p *proof) respond(position uint64, now time.Time) {
	if position <= p.responded {
		return
	}
	p.responded = position
	for p.head < len(p.positions) && p.positions[p.head] != 0 && p.positions[p.head] < position {
		p.head++
		p.proved++
	}
	// Moving what is left once half is used up costs each entry one move.
	if p.head > len(p.positions)/2 {
		p.positions = p.positions[:copy(p.positions, p.positions[p.head:])]
		p.head = 0
	}
	p.since = now
}

// open reports whether answers were written that are not proven.
func (p *proof) open() bool { return p.newest > p.responded }

// due reports whether answers have been unproven for the delay.
func (p *proof) due(now time.Time, delay time.Duration) bool {
	return p.open() && now.Sub(p.since) >= delay
}
