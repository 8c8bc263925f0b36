package app

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/endpoints"
	"repartee/inbox"
	"repartee/outbox"
)

// description is how the library prints a prometheus.Desc.
var description = regexp.MustCompile(`fqName: "([^"]+)", help: "([^"]*)".*variableLabels: \{([^}]*)\}`)

// documented returns a row of the manual for each metric of a gateway.
func documented(t *testing.T) map[string]string {
	t.Helper()
	var all []prometheus.Collector
	all = append(all, inbox.NewMetrics().Collectors()...)
	all = append(all, outbox.NewMetrics().Collectors()...)
	all = append(all, newCarrierMetrics().collectors()...)
	all = append(all, (&Gateway{}).gauges()...)
	all = append(all, newWaitingGauges().messages)
	all = append(all, endpoints.NewMetrics().Collectors()...)
	descs := make(chan *prometheus.Desc, 1000)
	for _, c := range all {
		c.Describe(descs)
	}
	close(descs)
	rows := map[string]string{}
	for d := range descs {
		m := description.FindStringSubmatch(d.String())
		require.NotNil(t, m, "%s", d)
		rows[m[1]] = "| `" + m[1] + "` | " + strings.ReplaceAll(m[3], ",", ", ") + " | " + m[2] + " |"
	}
	return rows
}

// TestEveryMetricIsDocumented: docs/metrics.md has a row for each metric with
// its labels and its help, and no other.
func TestEveryMetricIsDocumented(t *testing.T) {
	t.Parallel()
	manual, err := os.ReadFile("../docs/metrics.md")
	require.NoError(t, err)
	rows := documented(t)
	for _, row := range rows {
		assert.Contains(t, string(manual), row+"\n")
	}
	for _, m := range regexp.MustCompile("(?m)^\\| `(repartee_[a-z_]+)`").FindAllStringSubmatch(string(manual), -1) {
		assert.Contains(t, rows, m[1], "no such metric")
	}
}

// TestMetricsThatAreNamedExist: the alerts and all manuals name metrics that there are.
func TestMetricsThatAreNamedExist(t *testing.T) {
	t.Parallel()
	rows := documented(t)
	suffix := regexp.MustCompile(`_(bucket|sum|count)$`)
	for _, file := range []string{"../deploy/prometheus.rules", "../docs/message-path.md", "../docs/runbook.md", "../docs/carriers.md", "../docs/compliance.md", "../docs/metrics.md", "../README.md"} {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, name := range regexp.MustCompile(`\brepartee_[a-z_]+`).FindAllString(string(text), -1) {
			if rows[name] == "" && rows[suffix.ReplaceAllString(name, "")] == "" {
				t.Errorf("%s names %s, which is no metric", file, name)
			}
		}
	}
}
