package control

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"repartee/smpp/pdu"
	"repartee/smpp/smsc"
	"repartee/sms"
)

// Client speaks to the control port of a simulator in another process. Its
// methods are safe for concurrent use; every one of them ends with its
// context.
type Client struct {
	base string
	http *http.Client
}

// NewClient returns a client of the control port at host:port.
func NewClient(addr string) *Client {
	return &Client{base: "http://" + addr, http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}}
}

// Close gives up the idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// SMSC returns the simulator as it stands.
func (c *Client) SMSC(ctx context.Context) (SMSC, error) {
	return call[SMSC](ctx, c, http.MethodGet, "/v1/smsc", nil)
}

// Account returns an account as it stands.
func (c *Client) Account(ctx context.Context, systemID string) (Account, error) {
	return call[Account](ctx, c, http.MethodGet, account(systemID, ""), nil)
}

// SetFaults replaces an account's misbehaviour.
func (c *Client) SetFaults(ctx context.Context, systemID string, f smsc.Faults) error {
	_, err := call[Faults](ctx, c, http.MethodPut, account(systemID, "/faults"), faultsOf(f))
	return err
}

// FailNext refuses the next n submits of an account.
func (c *Client) FailNext(ctx context.Context, systemID string, n int, status pdu.Status) error {
	_, err := call[Failures](ctx, c, http.MethodPost, account(systemID, "/fail-next"), Failures{Count: n, Status: Status(status)})
	return err
}

// Drop cuts the connections of an account and returns how many there were.
func (c *Client) Drop(ctx context.Context, systemID string) (int, error) {
	a, err := call[Affected](ctx, c, http.MethodPost, account(systemID, "/drop"), nil)
	return a.Binds, err
}

// Unbind asks the binds of an account to end and returns how many there were.
func (c *Client) Unbind(ctx context.Context, systemID string) (int, error) {
	a, err := call[Affected](ctx, c, http.MethodPost, account(systemID, "/unbind"), nil)
	return a.Binds, err
}

// Garbage writes octets to the binds of an account.
func (c *Client) Garbage(ctx context.Context, systemID string, octets []byte) (int, error) {
	a, err := call[Affected](ctx, c, http.MethodPost, account(systemID, "/garbage"), Garbage{Hex: hex.EncodeToString(octets)})
	return a.Binds, err
}

// Send sends an MO from a phone.
func (c *Client) Send(ctx context.Context, phone sms.MSISDN, m MO) (Sent, error) {
	return call[Sent](ctx, c, http.MethodPost, fmt.Sprintf("/v1/phones/%d/messages", phone), m)
}

// Messages returns a phone's transcript after the entry with the number; when
// there is nothing it waits so long for something.
func (c *Client) Messages(ctx context.Context, phone sms.MSISDN, after int64, wait time.Duration) ([]smsc.Entry, error) {
	path := fmt.Sprintf("/v1/phones/%d/messages?%s", phone, query(after, wait))
	m, err := call[Messages](ctx, c, http.MethodGet, path, nil)
	return m.Messages, err
}

// MTs returns the kept submits after the order; when there is none it waits so
// long for one.
func (c *Client) MTs(ctx context.Context, after int64, wait time.Duration) ([]MT, error) {
	m, err := call[MTs](ctx, c, http.MethodGet, "/v1/mts?"+query(after, wait), nil)
	return m.MTs, err
}

// StartLoad begins a load.
func (c *Client) StartLoad(ctx context.Context, o smsc.LoadOptions) error {
	_, err := call[smsc.Report](ctx, c, http.MethodPost, "/v1/load", loadOf(o))
	return err
}

// Load returns how the load goes or went; it waits so long for its end.
func (c *Client) Load(ctx context.Context, wait time.Duration) (smsc.Report, error) {
	return call[smsc.Report](ctx, c, http.MethodGet, "/v1/load?"+query(0, wait), nil)
}

// StopLoad begins no more MOs.
func (c *Client) StopLoad(ctx context.Context) (smsc.Report, error) {
	return call[smsc.Report](ctx, c, http.MethodDelete, "/v1/load", nil)
}

func account(systemID, rest string) string { return "/v1/accounts/" + url.PathEscape(systemID) + rest }

func query(after int64, wait time.Duration) string {
	return url.Values{"after": {strconv.FormatInt(after, 10)}, "wait": {wait.String()}}.Encode()
}

// call makes a request and reads its answer.
func call[T any](ctx context.Context, c *Client, method, path string, body any) (T, error) {
	var out T
	request, err := newRequest(ctx, method, c.base+path, body)
	if err != nil {
		return out, fmt.Errorf("SMSC simulator: %w", err)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return out, fmt.Errorf("SMSC simulator: %w: is `repartee sim` running there?", err)
	}
	defer response.Body.Close()
	octets, err := io.ReadAll(response.Body)
	if err != nil {
		return out, fmt.Errorf("SMSC simulator: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		var p Problem
		if json.Unmarshal(octets, &p) != nil || p.Error == "" {
			p.Error = response.Status
		}
		return out, fmt.Errorf("SMSC simulator: %s", p.Error)
	}
	if err := json.Unmarshal(octets, &out); err != nil {
		return out, fmt.Errorf("SMSC simulator: cannot read its answer: %w", err)
	}
	return out, nil
}

func newRequest(ctx context.Context, method, url string, body any) (*http.Request, error) {
	if body == nil {
		return http.NewRequestWithContext(ctx, method, url, http.NoBody)
	}
	octets, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	return http.NewRequestWithContext(ctx, method, url, bytes.NewReader(octets))
}
