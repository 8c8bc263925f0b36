package optout

import (
	"strings"
	"sync"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/aa"
	"github.com/rickar/cal/v2/at"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/br"
	"github.com/rickar/cal/v2/ca"
	"github.com/rickar/cal/v2/ch"
	"github.com/rickar/cal/v2/cz"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/dk"
	"github.com/rickar/cal/v2/es"
	"github.com/rickar/cal/v2/fr"
	"github.com/rickar/cal/v2/gb"
	"github.com/rickar/cal/v2/gr"
	"github.com/rickar/cal/v2/ie"
	"github.com/rickar/cal/v2/it"
	"github.com/rickar/cal/v2/nl"
	"github.com/rickar/cal/v2/no"
	"github.com/rickar/cal/v2/nz"
	"github.com/rickar/cal/v2/pl"
	"github.com/rickar/cal/v2/se"
	"github.com/rickar/cal/v2/us"
	"github.com/rickar/cal/v2/za"
)

// fixed is a holiday on one date of every year.
func fixed(name string, m time.Month, d int) *cal.Holiday {
	return &cal.Holiday{Name: name, Type: cal.ObservancePublic, Month: m, Day: d, Func: cal.CalcDayOfMonth}
}

// weekendShift moves a holiday on Saturday to Friday and on Sunday to Monday.
var weekendShift = []cal.AltDay{{Day: time.Saturday, Offset: -1}, {Day: time.Sunday, Offset: 1}}

// shifted is a fixed holiday with the American weekend rule.
func shifted(name string, m time.Month, d int) *cal.Holiday {
	return fixed(name, m, d).Clone(&cal.Holiday{Observed: weekendShift})
}

// nth is the n-th weekday of a month, counted from its end when negative.
func nth(name string, n int, wd time.Weekday, m time.Month) *cal.Holiday {
	return &cal.Holiday{Name: name, Type: cal.ObservancePublic, Month: m, Weekday: wd, Offset: n, Func: cal.CalcWeekdayOffset}
}

// mardiGras is the Tuesday 47 days before Easter.
var mardiGras = &cal.Holiday{Name: "Mardi Gras", Type: cal.ObservancePublic, Offset: -47, Func: cal.CalcEasterOffset}

// calendars are the public holidays by country, by French territory and by US
// state. Base: rickar/cal v2.1.13 (2026). Beside each addition its source; read
// 2026-11-22, to be reviewed yearly.
var calendars = map[string]*calendar{
	"AT": holidays(at.Holidays), "BE": holidays(be.Holidays), "BR": holidays(br.Holidays), "CA": holidays(ca.Holidays),
	"CH": holidays(ch.Holidays), // every canton's together: a number does not show the canton
	"CZ": holidays(cz.Holidays), "DE": holidays(de.Holidays), "DK": holidays(dk.Holidays), "ES": holidays(es.Holidays),
	"GB": holidays(gb.Holidays), "GR": holidays(gr.Holidays), "IE": holidays(ie.Holidays), "IT": holidays(it.Holidays),
	"NL": holidays(nl.Holidays), "NO": holidays(no.Holidays), "NZ": holidays(nz.Holidays), "PL": holidays(pl.Holidays),
	"SE": holidays(se.Holidays), "ZA": holidays(za.Holidays),

	"FR":    holidays(fr.Holidays),                                                           // equal to data.gouv.fr for the métropole, 2026 and 2027
	"FR-AL": holidays(fr.Holidays, aa.GoodFriday, fixed("Saint-Étienne", time.December, 26)), // Alsace-Moselle: local law, data.gouv.fr
	// Abolition days of the territories: data.gouv.fr, date-holidays 3.27.0. A number
	// of Guadeloupe may be of Saint-Martin, hence both days.
	"FR-YT": holidays(fr.Holidays, fixed("Abolition", time.April, 27)),
	"FR-MQ": holidays(fr.Holidays, fixed("Abolition", time.May, 22)),
	"FR-GP": holidays(fr.Holidays, fixed("Abolition", time.May, 27), fixed("Abolition", time.May, 28)),
	"FR-GF": holidays(fr.Holidays, fixed("Abolition", time.June, 10)),
	"FR-RE": holidays(fr.Holidays, fixed("Abolition", time.December, 20)),

	"US":    holidays(us.Holidays),
	"US-LA": holidays(us.Holidays, mardiGras, aa.GoodFriday),                                                                                                            // PSC General Order R-29617, DNC.com holiday alerts
	"US-UT": holidays(us.Holidays, shifted("Pioneer Day", time.July, 24)),                                                                                               // Code 13-25a-103
	"US-RI": holidays(us.Holidays, shifted("Independence Day", time.May, 4), nth("Victory Day", 2, time.Monday, time.August)),                                           // Gen. Laws 25-1-1
	"US-AL": holidays(us.Holidays, mardiGras, nth("Confederate Memorial Day", 4, time.Monday, time.April), nth("Jefferson Davis' Birthday", 1, time.Monday, time.June)), // Code of Alabama 1-3-8
}

// calendar answers whether a date is a public holiday, or the day on which one
// is observed. Years are computed once.
type calendar struct {
	list  []*cal.Holiday
	years sync.Map // int -> map[date]struct{}
}

// date is a month and day of a year.
type date struct {
	month time.Month
	day   int
}

func holidays(base []*cal.Holiday, more ...*cal.Holiday) *calendar {
	return &calendar{list: append(append([]*cal.Holiday(nil), base...), more...)}
}

// publicHoliday reports whether the local date is a holiday of the calendar; a
// calendar that is not known has none, and one of a region falls back to the
// country's.
func publicHoliday(name string, y int, m time.Month, d int) bool {
	c, ok := calendars[name]
	if !ok {
		country, _, _ := strings.Cut(name, "-")
		if c, ok = calendars[country]; !ok {
			return false
		}
	}
	_, is := c.year(y)[date{m, d}]
	return is
}

func (c *calendar) year(y int) map[date]struct{} {
	if days, ok := c.years.Load(y); ok {
		return days.(map[date]struct{})
	}
	days := make(map[date]struct{})
	for _, h := range c.list {
		for in := y - 1; in <= y+1; in++ { // a holiday of next January may be observed in December
			actual, observed := h.Calc(in)
			for _, t := range [2]time.Time{actual, observed} {
				if !t.IsZero() && t.Year() == y {
					days[date{t.Month(), t.Day()}] = struct{}{}
				}
			}
		}
	}
	if y >= 2000 && y < 2200 { // no growth from wild dates
		c.years.Store(y, days)
	}
	return days
}
