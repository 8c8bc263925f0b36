package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"repartee/sms"
)

// CeilingTurn is what the rows of one turn in mid-conversation hold.
type CeilingTurn struct {
	Talks, Language              string
	Recent                       []byte
	MOText, Route, MORule        string
	Class, Rule, Facts, Text     string
	MOCoding, MTCoding, Segments int16
}

// CeilingOptions say how the bare SQL is run.
type CeilingOptions struct {
	Turn     CeilingTurn
	Phones   int           // threads that take turns
	Batch    int           // turns per transaction
	Conns    int           // connections at work
	Duration time.Duration // how long, after the threads are there
	Begun    func() error  // called when the measured part begins; nil: not
}

// ceilingSample bounds the turns from which [SampleTurn] takes the middle one.
const ceilingSample = 999

// SampleTurn reads a typical turn of a gateway that has worked: the one whose
// rows have the middle size among recent turns of open conversations.
func SampleTurn(ctx context.Context, url string) (CeilingTurn, error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return CeilingTurn{}, fmt.Errorf("read a turn: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	rows, err := conn.Query(ctx, `SELECT t.talks::text, coalesce(t.language, ''), t.recent, coalesce(i.text, ''), coalesce(i.route, ''), i.rule, o.class::text, o.rule,
  coalesce(o.facts::text, ''), o.text, i.coding, o.coding, o.segments
FROM threads t JOIN outbound o ON o.msisdn = t.msisdn AND o.id = t.answer_id JOIN inbound i ON i.msisdn = o.msisdn AND i.id = o.cause
WHERE t.talks::text <> '[]' LIMIT $1`, ceilingSample)
	if err != nil {
		return CeilingTurn{}, fmt.Errorf("read a turn: %w", err)
	}
	turns, err := pgx.CollectRows(rows, pgx.RowToStructByPos[CeilingTurn])
	if err != nil {
		return CeilingTurn{}, fmt.Errorf("read a turn: %w", err)
	}
	if len(turns) == 0 {
		return CeilingTurn{}, errors.New("read a turn: no conversation is open")
	}
	slices.SortFunc(turns, func(a, b CeilingTurn) int { return cmp.Compare(a.size(), b.size()) })
	return turns[len(turns)/2], nil
}

func (t *CeilingTurn) size() int { return len(t.Talks) + len(t.Recent) + len(t.MOText) + len(t.Text) }

// RunCeiling writes the six rows of a turn in mid-conversation, and nothing
// else, as fast as the server takes them: inbound, threads, outbound in one
// transaction; the same outbound `sent` and its submit in a second, in which
// the batch before becomes `delivered`, as the recorder does it. The statements
// are those of the message path. The database must have the schema and be
// nobody else's.
func RunCeiling(ctx context.Context, url string, o CeilingOptions) (turns int64, elapsed time.Duration, err error) {
	if err := EnsurePartitions(ctx, url, time.Now()); err != nil {
		return 0, 0, err
	}
	workers := make([]*ceilingWorker, o.Conns)
	for i := range workers {
		if workers[i], err = newCeilingWorker(ctx, url, &o, i); err != nil {
			return 0, 0, err
		}
		defer workers[i].conn.Close(context.WithoutCancel(ctx))
	}
	if o.Begun != nil {
		if err := o.Begun(); err != nil {
			return 0, 0, err
		}
	}
	begun := time.Now()
	var running sync.WaitGroup
	for _, w := range workers {
		running.Go(func() { w.run(ctx, begun.Add(o.Duration)) })
	}
	running.Wait()
	elapsed = time.Since(begun)
	var errs []error
	for _, w := range workers {
		turns += w.turns
		errs = append(errs, w.err)
	}
	return turns, elapsed, errors.Join(errs...)
}

// ceilingWorker is one connection with phones of its own. What does not change
// from batch to batch is made once: the client shares the processors with the
// server.
type ceilingWorker struct {
	conn  *pgx.Conn
	turn  CeilingTurn
	ids   *sms.IDs
	first int64
	count int
	next  int
	turns int64
	err   error

	phones, in, out, before       []int64
	when                          []time.Time
	sent, done                    []pgtype.Timestamptz
	zeros, ones                   []int64
	codes, carriers, none         []int32
	coding, mtCoding, part, small []int16
	yes, no                       []bool
	nils                          [][]byte
	recent                        [][]byte
	text                          map[string][]string
	smsc                          []string
}

const (
	ceilingCode  = 36111
	ceilingPhone = 33_600_000_000
)

func newCeilingWorker(ctx context.Context, url string, o *CeilingOptions, i int) (*ceilingWorker, error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("ceiling: %w", err)
	}
	for k, v := range hotSettings {
		cfg.RuntimeParams[k] = v
	}
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("ceiling: %w", err)
	}
	n := min(o.Batch, o.Phones/o.Conns)
	w := &ceilingWorker{
		conn: conn, turn: o.Turn, ids: sms.NewIDs(i+1, 0), count: o.Phones / o.Conns / n * n, first: ceilingPhone + int64(i*o.Phones/o.Conns),
		phones: make([]int64, n), in: make([]int64, n), out: make([]int64, n), when: make([]time.Time, n),
		sent: make([]pgtype.Timestamptz, n), done: make([]pgtype.Timestamptz, n), zeros: make([]int64, n), ones: fill(n, int64(1)),
		codes: fill(n, int32(ceilingCode)), carriers: fill(n, int32(1)), none: make([]int32, n),
		coding: fill(n, o.Turn.MOCoding), mtCoding: fill(n, o.Turn.MTCoding), part: fill(n, int16(1)), small: make([]int16, n), yes: fill(n, true), no: make([]bool, n),
		nils: make([][]byte, n), recent: fill(n, o.Turn.Recent), text: map[string][]string{}, smsc: make([]string, n),
	}
	_, err = conn.Exec(ctx, `INSERT INTO threads (msisdn, short_code, talks, recent) SELECT p, $1, $2::json, $3 FROM generate_series($4::bigint, $5::bigint) p`,
		ceilingCode, o.Turn.Talks, o.Turn.Recent, w.first, w.first+int64(w.count)-1)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("ceiling: make the threads: %w", err), conn.Close(ctx))
	}
	return w, nil
}

func fill[T any](n int, v T) []T {
	all := make([]T, n)
	for i := range all {
		all[i] = v
	}
	return all
}

// same returns the text n times.
func (w *ceilingWorker) same(text string) []string {
	if w.text[text] == nil {
		w.text[text] = fill(len(w.phones), text)
	}
	return w.text[text]
}

func (w *ceilingWorker) run(ctx context.Context, until time.Time) {
	for w.err == nil && time.Now().Before(until) {
		w.prepare(time.Now())
		if w.err = w.decide(ctx); w.err == nil {
			w.err = w.record(ctx)
		}
		if w.err == nil {
			w.turns += int64(len(w.phones))
		}
	}
}

// prepare takes the next phones, and ids for their rows.
func (w *ceilingWorker) prepare(now time.Time) {
	stamp := pgtype.Timestamptz{Time: now, Valid: true}
	for i := range w.phones {
		w.phones[i] = w.first + int64(w.next)
		w.next = (w.next + 1) % w.count
		w.in[i], w.out[i] = int64(w.ids.Next(now)), int64(w.ids.Next(now))
		w.when[i], w.sent[i] = now, stamp
		w.smsc[i] = strconv.FormatInt(w.out[i]&0xFFFFFFFF, 10)
	}
}

// decide writes what a batch of the inbox writes.
func (w *ceilingWorker) decide(ctx context.Context) error {
	t, n := &w.turn, len(w.phones)
	b := &pgx.Batch{}
	b.Queue(`BEGIN`)
	b.Queue(sqlInsertInbound, w.in, w.phones, w.codes, w.carriers, w.ones, w.in, w.when, w.coding, w.nils, w.same(t.MOText), w.part, w.yes,
		w.same("turn"), w.ones, w.same("neither"), w.same(t.Route), w.same(t.MORule), w.no, w.ones, w.in)
	b.Queue(sqlUpdateThreads, w.phones, w.codes, w.carriers, w.same(t.Language), w.in, w.sent, w.same(t.Talks), w.sent, w.recent, w.zeros,
		w.no, w.same("{}"), w.out, w.small, w.nils, w.same(""), int64(n))
	b.Queue(sqlInsertOutbound, w.out, w.phones, w.codes, w.carriers, w.carriers, w.same(t.Class), w.same("sending"), w.ones, w.small, w.in, w.in, w.zeros, w.ones, w.zeros,
		w.when, make([]pgtype.Timestamptz, n), w.when, w.same("allow"), w.same(t.Rule), w.same(t.Facts), w.ones, w.same(t.Text), w.mtCoding, fill(n, t.Segments), w.small, []bool(nil))
	b.Queue(`COMMIT`)
	return w.send(ctx, b)
}

// record writes what the recorder writes: sent and the SMSC's ids, and the
// receipts of the batch before.
func (w *ceilingWorker) record(ctx context.Context) error {
	b := &pgx.Batch{}
	b.Queue(`BEGIN`)
	w.queueState(b, w.phones, w.out, "sent", w.done)
	b.Queue(sqlInsertSubmits, w.carriers, w.smsc, w.phones, w.out, w.small)
	if n := len(w.phones); len(w.before) == 2*n {
		w.queueState(b, w.before[:n], w.before[n:], "delivered", w.sent)
	}
	b.Queue(`COMMIT`)
	if err := w.send(ctx, b); err != nil {
		return err
	}
	w.before = append(append(w.before[:0], w.phones...), w.out...)
	return nil
}

func (w *ceilingWorker) queueState(b *pgx.Batch, phones, ids []int64, state string, done []pgtype.Timestamptz) {
	b.Queue(sqlRecord, phones, ids, w.same(state), w.sent, done, w.none, w.part, w.small, w.part, w.no, []string(nil))
}

func (w *ceilingWorker) send(ctx context.Context, b *pgx.Batch) error {
	if err := w.conn.SendBatch(ctx, b).Close(); err != nil {
		return fmt.Errorf("ceiling: %w", err)
	}
	return nil
}
