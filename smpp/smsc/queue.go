package smsc

// queue is a first-in, first-out list that gives its memory back; what must go
// again can be put in front. It is not safe for concurrent use.
type queue[T any] struct {
	ring  []T
	first int
	size  int
}

func (q *queue[T]) len() int { return q.size }

func (q *queue[T]) push(v T) {
	q.grow()
	q.ring[(q.first+q.size)&(len(q.ring)-1)] = v
	q.size++
}

func (q *queue[T]) pushFront(v T) {
	q.grow()
	q.first = (q.first - 1) & (len(q.ring) - 1)
	q.ring[q.first] = v
	q.size++
}

func (q *queue[T]) peek() T { return q.ring[q.first] }

func (q *queue[T]) pop() T {
	var zero T
	v := q.ring[q.first]
	q.ring[q.first] = zero
	q.first = (q.first + 1) & (len(q.ring) - 1)
	q.size--
	if q.size == 0 && len(q.ring) > 4096 {
		q.ring, q.first = nil, 0
	}
	return v
}

// grow makes room for one more; the ring's length is a power of two.
func (q *queue[T]) grow() {
	if q.size < len(q.ring) {
		return
	}
	ring := make([]T, max(16, 2*len(q.ring)))
	for i := range q.size {
		ring[i] = q.ring[(q.first+i)&(len(q.ring)-1)]
	}
	q.ring, q.first = ring, 0
}

// at returns the i-th value from the front.
func (q *queue[T]) at(i int) T { return q.ring[(q.first+i)&(len(q.ring)-1)] }

// ref is at, to change the value in its place until the next push.
func (q *queue[T]) ref(i int) *T { return &q.ring[(q.first+i)&(len(q.ring)-1)] }
