package control

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	"repartee/smpp/pdu"
	"repartee/smpp/smsc"
	"repartee/sms"
)

const (
	maxBody = 1 << 20
	maxWait = 10 * time.Minute
)

// Handler returns the control port of a server. It is meant for the loopback:
// it asks nobody for a password.
func Handler(s *smsc.Server) http.Handler {
	h := &handler{smsc: s}
	mux := http.NewServeMux()
	for pattern, endpoint := range map[string]endpoint{
		"GET /v1/smsc":                          h.overview,
		"GET /v1/accounts/{account}":            h.account,
		"PUT /v1/accounts/{account}/faults":     h.setFaults,
		"PATCH /v1/accounts/{account}/faults":   h.changeFaults,
		"POST /v1/accounts/{account}/fail-next": h.failNext,
		"POST /v1/accounts/{account}/drop":      h.drop,
		"POST /v1/accounts/{account}/unbind":    h.unbind,
		"POST /v1/accounts/{account}/garbage":   h.garbage,
		"GET /v1/phones":                        h.phones,
		"POST /v1/phones/{phone}/messages":      h.send,
		"GET /v1/phones/{phone}/messages":       h.messages,
		"GET /v1/mts":                           h.mts,
		"POST /v1/load":                         h.startLoad,
		"GET /v1/load":                          h.load,
		"DELETE /v1/load":                       h.stopLoad,
	} {
		mux.Handle(pattern, endpoint)
	}
	mux.HandleFunc("GET /v1/phones/{phone}/events", h.events)
	mux.HandleFunc("GET /metrics", h.metrics)
	return localOnly(mux)
}

type handler struct{ smsc *smsc.Server }

// endpoint answers a request with a value for JSON, or an error.
type endpoint func(*http.Request) (any, error)

// failure is an error with its HTTP status.
type failure struct {
	status int
	err    error
}

// Error implements error.
func (f *failure) Error() string { return f.err.Error() }

func fail(status int, format string, args ...any) error {
	return &failure{status: status, err: fmt.Errorf(format, args...)}
}

// ServeHTTP implements http.Handler.
func (e endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	value, err := e(r)
	status := http.StatusOK
	if err != nil {
		status = http.StatusBadRequest
		var f *failure
		if errors.As(err, &f) {
			status = f.status
		}
		value = Problem{Error: err.Error()}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.Encode(value) //nolint:errcheck // the client has gone
}

// localOnly refuses what a web page in a browser of the same machine could
// send: its requests name their origin, or a host that is no address.
func localOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if r.Header.Get("Origin") != "" || host != "localhost" && net.ParseIP(host) == nil {
			endpoint(func(*http.Request) (any, error) {
				return nil, fail(http.StatusForbidden, "the control port is for tools on this machine: call it by address, not from a web page")
			}).ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// decode reads a JSON body; unknown names are refused, an empty body is left
// out.
func decode(r *http.Request, into any) error {
	decoder := json.NewDecoder(io.LimitReader(r.Body, maxBody))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("the body is not what is expected: %w", err)
	}
	return nil
}

func (h *handler) overview(*http.Request) (any, error) {
	out := SMSC{Addr: h.smsc.Addr(), Order: h.smsc.Order()}
	for _, a := range h.smsc.Accounts() {
		out.Accounts = append(out.Accounts, accountOf(a))
	}
	return out, nil
}

func (h *handler) named(r *http.Request) (*smsc.Account, error) {
	a := h.smsc.Account(r.PathValue("account"))
	if a == nil {
		return nil, fail(http.StatusNotFound, "no account %q: GET /v1/smsc lists them", r.PathValue("account"))
	}
	return a, nil
}

func (h *handler) account(r *http.Request) (any, error) {
	a, err := h.named(r)
	if err != nil {
		return nil, err
	}
	return accountOf(a), nil
}

func (h *handler) setFaults(r *http.Request) (any, error) { return h.faults(r, Faults{}) }

func (h *handler) changeFaults(r *http.Request) (any, error) {
	a, err := h.named(r)
	if err != nil {
		return nil, err
	}
	return h.faults(r, faultsOf(a.Faults()))
}

// faults writes the body over the given faults.
func (h *handler) faults(r *http.Request, f Faults) (any, error) {
	a, err := h.named(r)
	if err != nil {
		return nil, err
	}
	if err := decode(r, &f); err != nil {
		return nil, err
	}
	if err := a.SetFaults(f.faults()); err != nil {
		return nil, err
	}
	return faultsOf(a.Faults()), nil
}

func (h *handler) failNext(r *http.Request) (any, error) {
	a, err := h.named(r)
	if err != nil {
		return nil, err
	}
	f := Failures{Count: 1}
	if err := decode(r, &f); err != nil {
		return nil, err
	}
	if f.Count < 1 || f.Status == 0 {
		return nil, errors.New(`give a count and a status that is an error, such as {"count": 3, "status": "ESME_RTHROTTLED"}`)
	}
	a.FailNext(f.Count, pdu.Status(f.Status))
	return f, nil
}

func (h *handler) drop(r *http.Request) (any, error) {
	a, err := h.named(r)
	if err != nil {
		return nil, err
	}
	return Affected{Binds: a.Drop()}, nil
}

func (h *handler) unbind(r *http.Request) (any, error) {
	a, err := h.named(r)
	if err != nil {
		return nil, err
	}
	return Affected{Binds: a.Unbind()}, nil
}

func (h *handler) garbage(r *http.Request) (any, error) {
	a, err := h.named(r)
	if err != nil {
		return nil, err
	}
	var g Garbage
	if err := decode(r, &g); err != nil {
		return nil, err
	}
	octets, err := hex.DecodeString(g.Hex)
	if err != nil || len(octets) == 0 {
		return nil, errors.New(`give the octets in hexadecimal, such as {"hex": "deadbeef"}`)
	}
	return Affected{Binds: a.Garbage(octets)}, nil
}

func (h *handler) phones(*http.Request) (any, error) {
	numbers := h.smsc.Phones()
	slices.Sort(numbers)
	return map[string][]sms.MSISDN{"phones": numbers}, nil
}

func (h *handler) phone(r *http.Request) (*smsc.Phone, error) {
	number, err := sms.ParseMSISDN(r.PathValue("phone"))
	if err != nil {
		return nil, err
	}
	return h.smsc.Phone(number), nil
}

func (h *handler) send(r *http.Request) (any, error) {
	p, err := h.phone(r)
	if err != nil {
		return nil, err
	}
	var m MO
	if err := decode(r, &m); err != nil {
		return nil, err
	}
	mo, err := post(p, &m)
	if err != nil {
		return nil, err
	}
	return await(r.Context(), mo, time.Duration(m.Wait)), nil
}

func post(p *smsc.Phone, m *MO) (*smsc.MO, error) {
	o, err := m.options()
	if err != nil {
		return nil, err
	}
	if len(m.Raw) == 0 {
		return p.SendWith(m.To, m.Text, o)
	}
	raws, err := m.raws()
	if err != nil {
		return nil, err
	}
	return p.SendRaw(m.To, o, raws...)
}

// await tells what became of an MO within the time.
func await(ctx context.Context, mo *smsc.MO, wait time.Duration) Sent {
	if wait <= 0 {
		return Sent{State: smsc.Waiting}
	}
	ctx, cancel := context.WithTimeout(ctx, min(wait, maxWait))
	defer cancel()
	err := mo.Wait(ctx)
	out := Sent{State: smsc.Acknowledged, Attempts: mo.Attempts(), Order: mo.Order()}
	var rejected *smsc.RejectedError
	switch {
	case errors.As(err, &rejected):
		out.State, out.Error = smsc.Rejected, err.Error()
	case err != nil:
		out.State = smsc.Waiting
	}
	return out
}

// Messages is a part of a phone's transcript.
type Messages struct {
	Messages []smsc.Entry `json:"messages"`
}

func (h *handler) messages(r *http.Request) (any, error) {
	p, err := h.phone(r)
	if err != nil {
		return nil, err
	}
	after, wait, err := window(r)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), wait)
	defer cancel()
	entries := p.Transcript(after)
	if len(entries) == 0 && wait > 0 {
		entries = p.Await(ctx, after)
	}
	return Messages{Messages: append([]smsc.Entry{}, entries...)}, nil
}

// window reads the query's after and wait.
func window(r *http.Request) (after int64, wait time.Duration, err error) {
	q := r.URL.Query()
	if text := q.Get("after"); text != "" {
		if after, err = strconv.ParseInt(text, 10, 64); err != nil {
			return 0, 0, fmt.Errorf("after=%q is not a number", text)
		}
	}
	if text := q.Get("wait"); text != "" {
		if wait, err = time.ParseDuration(text); err != nil {
			return 0, 0, fmt.Errorf("wait=%q is not a time span: write 30s", text)
		}
	}
	return after, min(wait, maxWait), nil
}

// MTs are the newest submits.
type MTs struct {
	MTs []MT `json:"mts"`
}

func (h *handler) mts(r *http.Request) (any, error) {
	after, wait, err := window(r)
	if err != nil {
		return nil, err
	}
	mts := h.smsc.MTs(after)
	if len(mts) == 0 && wait > 0 {
		ctx, cancel := context.WithTimeout(r.Context(), wait)
		defer cancel()
		if _, err := h.smsc.AwaitMT(ctx, after, func(*smsc.MT) bool { return true }); err == nil {
			mts = h.smsc.MTs(after)
		}
	}
	out := MTs{MTs: []MT{}}
	for i := range mts {
		out.MTs = append(out.MTs, mtOf(&mts[i]))
	}
	return out, nil
}

func (h *handler) startLoad(r *http.Request) (any, error) {
	var l Load
	if err := decode(r, &l); err != nil {
		return nil, err
	}
	load, err := h.smsc.StartLoad(l.options())
	if errors.Is(err, smsc.ErrLoadRunning) {
		return nil, fail(http.StatusConflict, "%w", err)
	}
	if err != nil {
		return nil, err
	}
	return load.Report(), nil
}

func (h *handler) load(r *http.Request) (any, error) {
	l, err := h.current()
	if err != nil {
		return nil, err
	}
	_, wait, err := window(r)
	if err != nil || wait <= 0 {
		return l.Report(), err
	}
	ctx, cancel := context.WithTimeout(r.Context(), wait)
	defer cancel()
	report, err := l.Wait(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return report, nil
	}
	return report, err
}

func (h *handler) stopLoad(*http.Request) (any, error) {
	l, err := h.current()
	if err != nil {
		return nil, err
	}
	l.Stop()
	return l.Report(), nil
}

func (h *handler) current() (*smsc.Load, error) {
	if l := h.smsc.CurrentLoad(); l != nil {
		return l, nil
	}
	return nil, fail(http.StatusNotFound, "no load was started: POST /v1/load begins one")
}
