// Package contacts reads the files by which people and refusals come in and go
// out: one row at a time, where a bad row is reported and costs no other.
package contacts
