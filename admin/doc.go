// Package admin is the way in for people and programs: the HTTP API under
// /api/v1, its OpenAPI document and its manual.
//
// Every route stands in one table with the right that it needs (routes.go). A
// request is identified first (a session's cookie, or the key of a program),
// judged by that table, and only then read. What handlers may do beyond the
// right, such as the programs that a caller is narrowed to, they ask the caller
// in their context.
//
// Answers that fail are problems of RFC 9457. A failure that nobody foresaw is
// logged with the request's id, and told as that alone.
package admin
