package bench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// scrape is what /metrics said at one moment, by series with its labels.
type scrape map[string]float64

// readMetrics fetches the metrics of a process.
func readMetrics(ctx context.Context, addr string) (scrape, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/metrics", http.NoBody)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("read the gateway's metrics: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("read the gateway's metrics: %s", response.Status)
	}
	return parseMetrics(response.Body)
}

// parseMetrics reads Prometheus's text format without time stamps, as our own
// processes write it.
func parseMetrics(r io.Reader) (scrape, error) {
	found := scrape{}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line := lines.Text()
		cut := strings.LastIndexByte(line, ' ')
		if cut < 0 || line[0] == '#' {
			continue
		}
		value, err := strconv.ParseFloat(line[cut+1:], 64)
		if err != nil {
			return nil, fmt.Errorf("a metric is not understood: %w", err)
		}
		found[line[:cut]] = value
	}
	return found, lines.Err()
}

// spread sums up a histogram of what happened between two scrapes.
type spread struct {
	Count float64 `json:"count"`
	Mean  float64 `json:"mean"`
	P99   float64 `json:"p99"` // upper limit of the bucket that holds it
}

// between returns a histogram's growth, over all its labels; ok is false when
// it saw nothing.
func between(before, after scrape, name string) (s spread, ok bool) {
	s.Count = after.total(name+"_count") - before.total(name+"_count")
	if s.Count <= 0 {
		return s, false
	}
	s.Mean = (after.total(name+"_sum") - before.total(name+"_sum")) / s.Count
	grown := map[float64]float64{}
	for series, n := range after {
		if !strings.HasPrefix(series, name+"_bucket{") {
			continue
		}
		_, limit, _ := strings.Cut(series, `le="`)
		if upper, err := strconv.ParseFloat(strings.TrimSuffix(limit, `"}`), 64); err == nil {
			grown[upper] += n - before[series]
		}
	}
	for _, upper := range slices.Sorted(maps.Keys(grown)) {
		if grown[upper] >= 0.99*s.Count {
			s.P99 = upper
			break
		}
	}
	return s, true
}

// total adds up the series of a name.
func (s scrape) total(name string) (sum float64) {
	for series, n := range s {
		if bare, _, _ := strings.Cut(series, "{"); bare == name {
			sum += n
		}
	}
	return sum
}
