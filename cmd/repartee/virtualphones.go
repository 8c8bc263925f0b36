package main

import (
	"context"
	"fmt"
	"time"

	"repartee/admin"
	"repartee/smpp/smsc/control"
	"repartee/sms"
)

// takenWithin is how long a virtual phone waits until its text is acknowledged.
const takenWithin = 10 * time.Second

// virtualPhones are the phones of the demo's UI. They reach the simulated
// carriers as chat does: through the control ports.
type virtualPhones struct {
	carriers []admin.SimulatedCarrier
	clients  map[string]*control.Client // by carrier
}

var _ admin.Simulators = (*virtualPhones)(nil)

func newVirtualPhones(carriers []demoCarrier) *virtualPhones {
	v := &virtualPhones{clients: map[string]*control.Client{}}
	for _, c := range carriers {
		shown := admin.SimulatedCarrier{Carrier: c.Name}
		for _, code := range c.Codes {
			shown.ShortCodes = append(shown.ShortCodes, code.String())
		}
		for _, phone := range append([]sms.MSISDN{c.Phone}, c.others...) {
			shown.Phones = append(shown.Phones, phone.String())
		}
		v.carriers = append(v.carriers, shown)
		v.clients[c.Name] = control.NewClient(c.Control)
	}
	return v
}

func (v *virtualPhones) close() {
	for _, c := range v.clients {
		c.Close()
	}
}

// Carriers implements [admin.Simulators].
func (v *virtualPhones) Carriers() []admin.SimulatedCarrier { return v.carriers }

func (v *virtualPhones) client(carrier string) (*control.Client, error) {
	c := v.clients[carrier]
	if c == nil {
		return nil, fmt.Errorf("no simulated carrier is called %q", carrier)
	}
	return c, nil
}

// Send implements [admin.Simulators].
func (v *virtualPhones) Send(ctx context.Context, carrier string, phone sms.MSISDN, code sms.ShortCode, text string) error {
	client, err := v.client(carrier)
	if err != nil {
		return err
	}
	return sendText(ctx, client, phone, code, text, takenWithin)
}

// Transcript implements [admin.Simulators].
func (v *virtualPhones) Transcript(ctx context.Context, carrier string, phone sms.MSISDN, after int64) ([]admin.PhoneText, error) {
	client, err := v.client(carrier)
	if err != nil {
		return nil, err
	}
	entries, err := client.Messages(ctx, phone, after, 0)
	texts := make([]admin.PhoneText, len(entries))
	for i, e := range entries {
		texts[i] = admin.PhoneText{Number: e.Number, At: e.At, Received: e.Received, ShortCode: e.Code.String(), Text: e.Text, Segments: e.Parts, State: string(e.State)}
	}
	return texts, err
}
