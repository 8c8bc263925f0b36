package outbox

// fifo is a queue of lanes that neither moves its elements at each pop nor
// keeps those that are gone.
type fifo struct {
	q    []*lane
	head int
}

func (f *fifo) len() int { return len(f.q) - f.head }

func (f *fifo) first() *lane { return f.q[f.head] }

func (f *fifo) push(l *lane) { f.q = append(f.q, l) }

// pushFront returns a lane that was popped to the front.
func (f *fifo) pushFront(l *lane) {
	if f.head == 0 {
		f.q = append([]*lane{nil}, f.q...)
		f.head = 1
	}
	f.head--
	f.q[f.head] = l
}

func (f *fifo) pop() *lane {
	l := f.q[f.head]
	f.q[f.head] = nil
	f.head++
	if f.head == len(f.q) {
		f.q, f.head = f.q[:0], 0
	} else if f.head > 1024 && f.head > len(f.q)/2 {
		f.q, f.head = append([]*lane(nil), f.q[f.head:]...), 0
	}
	return l
}
