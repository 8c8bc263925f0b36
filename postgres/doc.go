// Package postgres holds all SQL: a file per concept, set-based statements on
// the message path, and the transactions that the promises rest on.
//
// It implements the stores that inbox and outbox declare, and the one of the
// configuration. It owns connections and their settings, partitions, and the
// judgement of database errors: what may pass when the database is back, and
// what is the row's own fault ([sms.PermanentError]). It imports neither smpp
// nor net/http, and decides nothing about messages. Only SQLSTATE and
// constraint name of an error ever reach a log: its detail may hold a number.
package postgres
