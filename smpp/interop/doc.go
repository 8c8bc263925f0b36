// Package interop holds the tests of the ESME (package smpp) against SMSCs
// that are not ours. It has no code of its own and is imported by nobody.
//
// testdata/node-smpp is an SMSC made of the npm package smpp (node-smpp), at
// the version that package-lock.json pins; `npm ci` in that folder fetches it.
// The tests fail, and say so, when it is not there.
package interop
