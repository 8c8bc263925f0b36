package control

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"

	"repartee/smpp/smsc"
)

// metric is one counter or gauge of an account.
type metric struct {
	name, kind, help string
	value            func(*smsc.Counters) int64
}

var accountMetrics = []metric{
	{"smsc_binds_accepted_total", "counter", "Binds accepted.", func(c *smsc.Counters) int64 { return c.Binds }},
	{"smsc_binds_refused_total", "counter", "Binds refused.", func(c *smsc.Counters) int64 { return c.BindsRefused }},
	{"smsc_submits_total", "counter", "submit_sm and data_sm read.", func(c *smsc.Counters) int64 { return c.Submitted }},
	{"smsc_submits_accepted_total", "counter", "Submits accepted.", func(c *smsc.Counters) int64 { return c.Accepted }},
	{"smsc_submits_identical_total", "counter", "Accepted submits with the octets of an earlier one to the same phone.", func(c *smsc.Counters) int64 { return c.Identical }},
	{"smsc_mos_total", "counter", "MO parts given to the account.", func(c *smsc.Counters) int64 { return c.MOs }},
	{"smsc_receipts_total", "counter", "Delivery receipts made.", func(c *smsc.Counters) int64 { return c.Receipts }},
	{"smsc_deliveries_acknowledged_total", "counter", "deliver_sm answered with status 0.", func(c *smsc.Counters) int64 { return c.Acknowledged }},
	{"smsc_deliveries_rejected_total", "counter", "deliver_sm answered with a permanent error.", func(c *smsc.Counters) int64 { return c.Rejected }},
	{"smsc_redeliveries_temporary_total", "counter", "deliver_sm sent again after a temporary error.", func(c *smsc.Counters) int64 { return c.Temporary }},
	{"smsc_redeliveries_timeout_total", "counter", "deliver_sm sent again after no answer in time.", func(c *smsc.Counters) int64 { return c.TimedOut }},
	{"smsc_redeliveries_cut_total", "counter", "deliver_sm sent again after the end of their bind.", func(c *smsc.Counters) int64 { return c.Cut }},
	{"smsc_deliveries_repeated_total", "counter", "deliver_sm sent again although acknowledged, on demand.", func(c *smsc.Counters) int64 { return c.Repeated }},
	{"smsc_responses_unmatched_total", "counter", "Responses to nothing that waits.", func(c *smsc.Counters) int64 { return c.Unmatched }},
	{"smsc_backlog", "gauge", "Deliveries queued or without an answer.", func(c *smsc.Counters) int64 { return c.Backlog }},
	{"smsc_unanswered", "gauge", "deliver_sm without an answer.", func(c *smsc.Counters) int64 { return c.Unanswered }},
}

// metrics writes the counters in the text format of Prometheus.
func (h *handler) metrics(w http.ResponseWriter, _ *http.Request) {
	var out bytes.Buffer
	accounts := h.smsc.Accounts()
	counters := make([]smsc.Counters, len(accounts))
	for i, a := range accounts {
		counters[i] = a.Counters()
	}
	for _, m := range accountMetrics {
		head(&out, m.name, m.kind, m.help)
		for i, a := range accounts {
			fmt.Fprintf(&out, "%s{account=%q} %d\n", m.name, a.SystemID(), m.value(&counters[i]))
		}
	}
	head(&out, "smsc_binds", "gauge", "Binds that stand.")
	for _, a := range accounts {
		fmt.Fprintf(&out, "smsc_binds{account=%q} %d\n", a.SystemID(), len(a.Binds()))
	}
	head(&out, "smsc_submits_refused_total", "counter", "Submits refused, by status.")
	for i, a := range accounts {
		writeRefusals(&out, a.SystemID(), counters[i].Refused)
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4")
	w.Write(out.Bytes()) //nolint:errcheck // the client has gone
}

func writeRefusals(out *bytes.Buffer, account string, refused smsc.Refusals) {
	names := make([]string, 0, len(refused))
	byName := map[string]int64{}
	for status, n := range refused {
		name := smsc.StatusName(status)
		names, byName[name] = append(names, name), n
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(out, "smsc_submits_refused_total{account=%q,status=%q} %d\n", account, name, byName[name])
	}
}

func head(out *bytes.Buffer, name, kind, help string) {
	fmt.Fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}
