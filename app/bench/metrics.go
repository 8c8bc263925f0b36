package bench

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
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

// between returns a histogram's growth; ok is false when it saw nothing.
func between(before, after scrape, name string) (s spread, ok bool) {
	s.Count = after[name+"_count"] - before[name+"_count"]
	if s.Count <= 0 {
		return s, false
	}
	s.Mean = (after[name+"_sum"] - before[name+"_sum"]) / s.Count
	type bucket struct{ limit, count float64 }
	var buckets []bucket
	for series, n := range after {
		limit, isBucket := strings.CutPrefix(series, name+`_bucket{le="`)
		if !isBucket {
			continue
		}
		if upper, err := strconv.ParseFloat(strings.TrimSuffix(limit, `"}`), 64); err == nil {
			buckets = append(buckets, bucket{upper, n - before[series]})
		}
	}
	slices.SortFunc(buckets, func(a, b bucket) int { return cmp.Compare(a.limit, b.limit) })
	for _, b := range buckets {
		if b.count >= 0.99*s.Count {
			s.P99 = b.limit
			break
		}
	}
	return s, true
}
