package programs

import (
	"time"

	"repartee/dialogs"
)

// Offer is what coupons are given out for: a discount, a free lunch. Its
// moments are wall clock times of its program.
type Offer struct {
	Name       string   `key:"name" required:"true" is:"name" max:"40"`
	Program    string   `key:"program" required:"true"`
	Title      Texts    `key:"title" max:"60"`
	Amount     Price    `key:"amount" default:"0"` // what a coupon is worth
	From       string   `key:"from" is:"moment"`
	Until      string   `key:"until" is:"moment"`
	ValidDays  int      `key:"valid_days" default:"0" min:"0" max:"3650"` // of a coupon, from the day it is issued
	ValidUntil string   `key:"valid_until" is:"moment"`
	Total      int      `key:"total" default:"0" min:"0" max:"100000000"` // coupons; 0 sets no limit
	PerPhone   int      `key:"per_phone" default:"1" min:"0" max:"1000"`  // and per variant
	PerPlace   int      `key:"per_place" default:"0" min:"0" max:"100000000"`
	Prefix     string   `key:"prefix" is:"code" max:"10"`
	Length     int      `key:"length" default:"8" min:"4" max:"20"` // of the random part of a code
	URL        string   `key:"url" is:"url" max:"100"`              // with {code}
	Printed    []string `key:"printed" is:"code" max:"40"`          // codes on receipts and packs: never issued, redeemed once

	at positions
}

func (o *Offer) kind() string             { return "offer" }
func (o *Offer) key() string              { return o.Name }
func (o *Offer) position() positions      { return o.at }
func (o *Offer) setPosition(at positions) { o.at = at }

// Poll counts votes, one per phone. Choices that it does not name are unknown;
// with no choices at all, any is taken.
type Poll struct {
	Name    string           `key:"name" required:"true" is:"name" max:"40"`
	Program string           `key:"program" required:"true"`
	From    string           `key:"from" is:"moment"`
	Until   string           `key:"until" is:"moment"`
	Choices map[string]Texts `key:"choices" max:"60"`

	at positions
}

func (p *Poll) kind() string             { return "poll" }
func (p *Poll) key() string              { return p.Name }
func (p *Poll) position() positions      { return p.at }
func (p *Poll) setPosition(at positions) { p.at = at }

// Game draws prizes: one draw in Odds wins one of those that are left.
type Game struct {
	Name     string   `key:"name" required:"true" is:"name" max:"40"`
	Program  string   `key:"program" required:"true"`
	From     string   `key:"from" is:"moment"`
	Until    string   `key:"until" is:"moment"`
	Odds     int      `key:"odds" default:"1" min:"1" max:"100000000"`
	PerPhone int      `key:"per_phone" default:"0" min:"0" max:"1000"` // draws; 0 sets no limit
	PerDay   int      `key:"per_day" default:"0" min:"0" max:"1000"`
	Prizes   []Prize  `key:"prizes" required:"true"`
	Codes    []string `key:"codes" is:"code" max:"40"` // on packs, each good for one draw; none: a draw needs none

	at positions
}

// Prize is what can be won in a game, so many times.
type Prize struct {
	Name  string `key:"name" required:"true" is:"name" max:"40" json:"name"`
	Title Texts  `key:"title" required:"true" max:"60" json:"title"`
	Count int    `key:"count" required:"true" min:"1" max:"100000000" json:"count"`
}

func (g *Game) kind() string             { return "game" }
func (g *Game) key() string              { return g.Name }
func (g *Game) position() positions      { return g.at }
func (g *Game) setPosition(at positions) { g.at = at }

// compileOffers checks offers, polls and games: what they refer to, and that
// their moments follow one another.
func (c *compiler) compileOffers() {
	for _, o := range c.shop.Offers {
		c.ofProgram(o, o.Program)
		c.window(o, o.From, o.Until)
	}
	for _, p := range c.shop.Polls {
		c.ofProgram(p, p.Program)
		c.window(p, p.From, p.Until)
	}
	for _, g := range c.shop.Games {
		c.ofProgram(g, g.Program)
		c.window(g, g.From, g.Until)
	}
}

// ofProgram reports a program that is none.
func (c *compiler) ofProgram(o object, program string) {
	if c.snapshot.programs[program] == nil {
		c.fail(o, "program", unknown(program, sortedKeys(c.snapshot.programs)), "%s %s: `%s` is not a program", o.kind(), o.key(), program)
	}
}

// window reports an end that is not after its beginning: both are written in
// the same zone and form.
func (c *compiler) window(o object, from, until string) {
	if from == "" || until == "" {
		return
	}
	begins, err1 := ParseMoment(from, time.UTC)
	ends, err2 := ParseMoment(until, time.UTC)
	if err1 == nil && err2 == nil && !begins.Before(ends) {
		c.fail(o, "until", "", "%s %s: `until` must be later than `from`", o.kind(), o.key())
	}
}

// size is how long the codes and web addresses of the offer are.
func (o *Offer) size() dialogs.OfferSize {
	code := len(o.Prefix) + o.Length
	size := dialogs.OfferSize{Code: code}
	if o.URL != "" {
		size.URL = len(o.URL) - len("{code}") + code
	}
	return size
}
