// Package accounts says who may do what: people with roles, their passwords,
// second factors and sessions, and the keys of programs that use the API.
//
// It decides and computes; where accounts are kept is the business of those who
// call it. Tokens are random and leave it once: what is stored is a hash.
package accounts
