package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"repartee/postgres"
	"repartee/smpp/smsc"
	"repartee/sms"
)

const (
	listMessages = 1_000_000
	listContacts = 200_000
	listCode     = sms.ShortCode(36111)
	// listPhone is the first of the phones that are only looked at.
	listPhone sms.MSISDN = 33_600_000_000
	// listEach is the pace at which lists are asked for: a room of people at work.
	listEach = 200 * time.Millisecond
	// listRounds is how often the path is measured without and with them, in turn.
	listRounds = 3
)

// listPaths are what people look at.
var listPaths = []string{
	"/messages", "/messages?direction=out&status=rejected", "/messages?msisdn=33600012345", "/messages?contains=pizza+77", "/messages?short_code=36111&class=reply",
	"/threads", "/threads?search=3360001", "/threads?search=family12", "/threads/36111/33600012345",
	"/contacts", "/contacts?search=33600019", "/contacts?search=chlo", "/contacts?search=family4999", "/suppressions", "/home", "/carriers",
}

// Lists is how fast lists answer, and what that costs the path of messages.
type Lists struct {
	Messages int           `json:"messages"`
	Contacts int           `json:"contacts"`
	Paths    []ListLatency `json:"paths"`
	Alone    []*Phase      `json:"alone"` // as fast as it goes, nobody looking
	Watched  []*Phase      `json:"watched"`
	Slower   float64       `json:"slower"` // share of turns a second that the lists cost, of medians
	Problems []string      `json:"problems,omitempty"`
}

// ListLatency is how long one list took, in all of its requests under load.
type ListLatency struct {
	Path          string `json:"path"`
	Requests      int    `json:"requests"`
	P50, P99, Max time.Duration
}

// lists measures turns as fast as they go with nobody looking and with people
// who do, in turn. The rows are not verified: those that were filled in are no
// turns.
func (r *run) lists(ctx context.Context) error {
	l := &Lists{Messages: listMessages, Contacts: listContacts}
	r.report.Lists = l
	r.o.Progress(fmt.Sprintf("filling in %d messages and %d contacts", listMessages, listContacts))
	if err := postgres.Fill(ctx, r.server.URL(), postgres.FillOptions{Code: listCode, First: listPhone, Contacts: listContacts, Messages: listMessages, Now: time.Now()}); err != nil {
		return err
	}
	key, err := r.key(ctx)
	if err != nil {
		return err
	}
	took := map[string][]time.Duration{}
	if _, err := r.saturate(ctx); err != nil { // what comes first meets cold caches
		return err
	}
	for range listRounds {
		phase, err := r.saturate(ctx)
		if err != nil {
			return err
		}
		l.Alone = append(l.Alone, phase)
		looking, stop := context.WithCancel(ctx)
		var people sync.WaitGroup
		var failed error
		people.Go(func() { failed = r.look(looking, key, took) })
		phase, err = r.saturate(ctx)
		stop()
		people.Wait()
		if err := errors.Join(err, failed); err != nil {
			return err
		}
		l.Watched = append(l.Watched, phase)
	}
	l.judge(took)
	return nil
}

// key makes a key of the API.
func (r *run) key(ctx context.Context) (string, error) {
	p, err := start(ctx, r.o.Exe, r.o.Dir, "key", r.environment(), nil, "key", "add", "bench", "--role", "manager")
	if err != nil {
		return "", err
	}
	if err := p.finish(); err != nil {
		return "", err
	}
	said, err := os.ReadFile(p.log)
	return strings.TrimSpace(string(said)), err
}

// look asks for one list after the other until ctx ends.
func (r *run) look(ctx context.Context, key string, took map[string][]time.Duration) error {
	tick := time.NewTicker(listEach)
	defer tick.Stop()
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		path := listPaths[i%len(listPaths)]
		begun := time.Now()
		if err := get(ctx, "http://"+r.publicAddr+"/api/v1"+path, key); err != nil {
			if ctx.Err() != nil {
				return nil // it was cut off
			}
			return err
		}
		took[path] = append(took[path], time.Since(begun))
	}
}

func get(ctx context.Context, url, key string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %s", url, res.Status, body)
	}
	return err
}

func (l *Lists) judge(took map[string][]time.Duration) {
	for _, path := range listPaths {
		all := took[path]
		if len(all) == 0 {
			l.Problems = append(l.Problems, path+" was never asked for: let more --phones text")
			continue
		}
		slices.Sort(all)
		l.Paths = append(l.Paths, ListLatency{path, len(all), all[len(all)/2], all[len(all)*99/100], all[len(all)-1]})
	}
	for _, p := range append(slices.Clone(l.Alone), l.Watched...) {
		l.Problems = append(l.Problems, p.Problems...)
	}
	l.Slower = 1 - middle(l.Watched)/middle(l.Alone)
}

// middle is the median of turns a second.
func middle(phases []*Phase) float64 {
	var all []float64
	for _, p := range phases {
		all = append(all, p.TurnsPerSecond)
	}
	slices.Sort(all)
	return all[len(all)/2]
}

func (l *Lists) print(b *strings.Builder) {
	fmt.Fprintf(b, "\nLists with %d messages and %d contacts, while turns go as fast as they can\n", l.Messages, l.Contacts)
	if len(l.Problems) > 0 {
		line(b, "not measured", "%s", strings.Join(l.Problems, "; "))
		return
	}
	for _, p := range l.Paths {
		fmt.Fprintf(b, "  %-42s %s (%d requests)\n", p.Path, quantiles(smsc.Quantiles{P50: p.P50, P99: p.P99, P999: p.Max, Max: p.Max}), p.Requests)
	}
	for i := range l.Alone {
		line(b, "turns per second", "%.0f with nobody looking (others %.0f %%), %.0f with (others %.0f %%)",
			l.Alone[i].TurnsPerSecond, 100*l.Alone[i].Others, l.Watched[i].TurnsPerSecond, 100*l.Watched[i].Others)
	}
	line(b, "the lists cost", "%.1f %% of the turns (medians)", 100*l.Slower)
}
