// Package control is the simulator's remote control: an HTTP port of JSON
// endpoints for package smsc, its client, its configuration file, and [Run],
// which is all of `repartee sim`.
//
// It owns the names and units on that wire (docs/simulator.md describes them)
// and no behaviour of the SMSC. It imports smsc, and must never import the
// gateway.
//
// The port has no password, so it listens on the loopback only and refuses
// requests that a web page in a browser could make. A request that makes no
// sense is answered with a JSON error that says what would.
package control
