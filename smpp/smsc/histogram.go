package smsc

import (
	"encoding/json"
	"math"
	"math/bits"
	"time"
)

// histogram counts durations with an error below 1.6 %: microseconds, in 64
// steps per power of two. It is not safe for concurrent use.
type histogram struct {
	counts [buckets]uint64
	total  uint64
	sum    time.Duration
	max    time.Duration
}

const (
	stepBits = 6
	buckets  = (36 - stepBits) << stepBits // up to 2^35 µs, nine hours
)

func bucketOf(us uint64) int {
	if us < 1<<stepBits {
		return int(us)
	}
	shift := bits.Len64(us) - stepBits - 1
	return min(buckets-1, shift<<stepBits+int(us>>shift))
}

// upper is the largest number of microseconds that falls into the bucket.
func upper(bucket int) uint64 {
	if bucket < 2<<stepBits {
		return uint64(bucket)
	}
	shift := bucket>>stepBits - 1
	return (uint64(bucket&(1<<stepBits-1))+1<<stepBits+1)<<shift - 1
}

func (h *histogram) add(d time.Duration) {
	d = max(0, d)
	h.counts[bucketOf(uint64(d.Microseconds()))]++
	h.total++
	h.sum += d
	h.max = max(h.max, d)
}

// quantile returns the duration that the share q of all did not exceed.
func (h *histogram) quantile(q float64) time.Duration {
	rank, seen := uint64(q*float64(h.total)), uint64(0)
	for bucket, n := range h.counts {
		if seen += n; seen > rank {
			return min(h.max, time.Duration(upper(bucket))*time.Microsecond)
		}
	}
	return h.max
}

// Quantiles sum up measured times.
type Quantiles struct {
	Count                          uint64
	Mean, P50, P90, P99, P999, Max time.Duration
}

func (h *histogram) quantiles() Quantiles {
	q := Quantiles{Count: h.total, Max: h.max}
	if h.total > 0 {
		q.Mean = h.sum / time.Duration(h.total)
		q.P50, q.P90, q.P99, q.P999 = h.quantile(0.5), h.quantile(0.9), h.quantile(0.99), h.quantile(0.999)
	}
	return q
}

// quantilesJSON are quantiles in milliseconds.
type quantilesJSON struct {
	Count uint64  `json:"count"`
	Mean  float64 `json:"mean_ms"`
	P50   float64 `json:"p50_ms"`
	P90   float64 `json:"p90_ms"`
	P99   float64 `json:"p99_ms"`
	P999  float64 `json:"p999_ms"`
	Max   float64 `json:"max_ms"`
}

// MarshalJSON writes milliseconds.
func (q Quantiles) MarshalJSON() ([]byte, error) {
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return json.Marshal(quantilesJSON{
		Count: q.Count, Mean: ms(q.Mean), P50: ms(q.P50), P90: ms(q.P90), P99: ms(q.P99), P999: ms(q.P999), Max: ms(q.Max),
	})
}

// UnmarshalJSON is the inverse of MarshalJSON, to the microsecond.
func (q *Quantiles) UnmarshalJSON(octets []byte) error {
	var j quantilesJSON
	if err := json.Unmarshal(octets, &j); err != nil {
		return err
	}
	d := func(ms float64) time.Duration { return time.Duration(math.Round(ms*1000)) * time.Microsecond }
	*q = Quantiles{Count: j.Count, Mean: d(j.Mean), P50: d(j.P50), P90: d(j.P90), P99: d(j.P99), P999: d(j.P999), Max: d(j.Max)}
	return nil
}
