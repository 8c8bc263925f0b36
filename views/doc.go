// Package views is what people and programs look at: conversations that wait
// for a person, readings to be reviewed, orders, the standing of a phone,
// messages, threads and figures. It has the shapes and asks for them through
// interfaces; what implements those reads the database.
//
// Nothing here is masked: who may see a whole number or what was written is for
// those to decide who show it.
package views
