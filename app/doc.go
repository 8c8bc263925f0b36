// Package app builds a gateway from its parts, starts them in order, applies
// changes of configuration, drains and stops.
//
// It owns the wiring and the life of a node: the beat and the fence, links to
// carriers, the HTTP listeners. It decides nothing about messages and holds no
// SQL. A part that cannot start ends the start with an error that says what to
// do; once up, carriers and the database may come and go.
package app
