// Package embedded runs a private PostgreSQL server for those who have none:
// the demo, the tests, and a gateway started without REPARTEE_DATABASE_URL.
//
// All commands that name the same data folder share one server. Each holds a
// shared lock on DATA_DIR/users while it needs the server; a keeper process,
// in a session of its own so that a Ctrl-C does not reach the server first,
// is the parent of the server, starts it again when it ends unexpectedly, and
// stops it when nobody has held the lock for some seconds. Starting and
// stopping hold DATA_DIR/start exclusively. Locks belong to open files, so a
// killed command leaves neither an orphan nor a stopped server under others.
//
// The server listens on a unix socket only, with a random password. PostgreSQL
// refuses to run as root, so for root it runs as user postgres (or nobody).
//
// The failures that it answers for: no PostgreSQL on the machine, data written
// by another major version, a folder that the server's user cannot reach, a
// server that does not start, a keeper that was killed. The package knows
// nothing of the schema and must not import other packages of this module.
package embedded
