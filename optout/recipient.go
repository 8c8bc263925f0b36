package optout

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // zones must be known in images without a zone database

	"github.com/nyaruka/phonenumbers"

	"repartee/sms"
)

// region is where a phone or a contact record is.
type region struct {
	country string // ISO code; that of France for its territories
	part    string // US state, Canadian province, French territory; "" unknown
	zones   []string
}

// areaCodes are the North American area codes of npa.csv.
var areaCodes = func() map[string]region {
	all := make(map[string]region)
	for _, row := range table("npa.csv", "npa", "region", "state", "zones", "tag", "source", "as_of") {
		all[row["npa"]] = region{countryOf(row["region"]), row["state"], strings.Fields(row["zones"])}
	}
	return all
}()

// prefixes are the calling prefixes of zones.csv.
var prefixes = func() map[string]region {
	all := make(map[string]region)
	for _, row := range table("zones.csv", "prefix", "region", "zones", "tag", "source", "as_of") {
		r := region{country: countryOf(row["region"]), zones: strings.Fields(row["zones"])}
		if r.country != row["region"] {
			r.part = row["region"]
		}
		all[row["prefix"]] = r
	}
	return all
}()

// places are the states, provinces and territories of places.csv by country and
// part; postals is the same by country and the first digits of a postal code.
var places, postals = loadPlaces()

func loadPlaces() (byPart, byPostal map[string]region) {
	byPart, byPostal = make(map[string]region), make(map[string]region)
	for _, row := range table("places.csv", "country", "region", "zones", "postal", "tag", "source", "as_of") {
		r := region{row["country"], row["region"], strings.Fields(row["zones"])}
		byPart[r.country+" "+r.part] = r
		for _, p := range strings.Fields(row["postal"]) {
			for _, prefix := range postalPrefixes(p) {
				byPostal[r.country+" "+prefix] = r
			}
		}
	}
	return byPart, byPostal
}

// postalPrefixes spells "060-069" out.
func postalPrefixes(s string) []string {
	from, to, ranged := strings.Cut(s, "-")
	if !ranged {
		return []string{s}
	}
	a, err1 := strconv.Atoi(from)
	b, err2 := strconv.Atoi(to)
	if err1 != nil || err2 != nil {
		panic(fmt.Sprintf("optout/data/places.csv: postal %q", s))
	}
	var all []string
	for n := a; n <= b; n++ {
		all = append(all, fmt.Sprintf("%03d", n))
	}
	return all
}

// countryOf gives the country whose hours and holidays a region keeps.
func countryOf(code string) string {
	switch code {
	case "RE", "YT", "GP", "MQ", "GF", "PM", "NC", "WF", "PF", "BL", "MF":
		return "FR"
	case "PR", "VI", "GU", "AS", "MP":
		return "US"
	case "GG", "JE", "IM":
		return "GB"
	}
	return code
}

// geographicMobiles are the calling codes whose mobile numbers show the place,
// so that libphonenumber's prefixes may be trusted for them.
var geographicMobiles = map[string]bool{"52": true, "54": true, "55": true, "86": true}

// northAmerica is the calling code of the North American plan.
const northAmerica = "1"

// unknownState marks a North American number whose area code is not listed.
const unknownState = "?"

// lookUp finds country, state and zones of a number. No zones means unknown.
func lookUp(to sms.MSISDN) region {
	digits := to.String()
	if strings.HasPrefix(digits, northAmerica) {
		if len(digits) != 11 {
			return region{}
		}
		r, ok := areaCodes[digits[1:4]]
		if !ok {
			return region{country: "US", part: unknownState}
		}
		if len(r.zones) == 0 && r.country != "" {
			r.zones = library(digits)
		}
		return r
	}
	code, country := callingCode(digits)
	r := region{country: countryOf(country)}
	for n := min(7, len(digits)); n > 0; n-- {
		if known, ok := prefixes[digits[:n]]; ok {
			r = known
			break
		}
	}
	if len(r.zones) == 0 && code != "" && !geographicMobiles[code] {
		r.zones = library(code)
	}
	if geographicMobiles[code] {
		if zones := library(digits); len(r.zones) == 0 || !slices.Equal(zones, library(code)) {
			r.zones = zones
		}
	}
	return r
}

// callingCode splits the country's calling code off, "" when there is none.
func callingCode(digits string) (code, country string) {
	for n := 1; n <= min(3, len(digits)); n++ {
		c, err := strconv.Atoi(digits[:n])
		if err != nil {
			return "", ""
		}
		if r := phonenumbers.GetRegionCodeForCountryCode(c); r != phonenumbers.UNKNOWN_REGION && r != "001" {
			return digits[:n], r
		}
	}
	return "", ""
}

// library asks libphonenumber's data for the zones of a prefix; a number of
// which it knows no more than "North America" is unknown.
func library(digits string) []string {
	zones, err := phonenumbers.GetTimezonesForPrefix(digits)
	if err != nil || slices.Contains(zones, phonenumbers.UNKNOWN_TIMEZONE) {
		return nil
	}
	if strings.HasPrefix(digits, northAmerica) {
		if all, err := phonenumbers.GetTimezonesForPrefix(northAmerica); err != nil || len(zones) >= len(all) {
			return nil
		}
	}
	return zones
}

// recipient is what the hours need to know of a phone: the clocks that must all
// be open, and where the zones were taken from.
type recipient struct {
	clocks []clock
	zones  []*time.Location
	origin string
	cap    int // by law, in 24 hours
}

// recipientOf finds the zones in this order: the record's zone, its state or
// postal code, the number. A problem comes back as a sentence.
func recipientOf(f Facts) (r recipient, problem string) {
	number := lookUp(f.To)
	record := recordRegion(f, number.country)
	names, origin := number.zones, "the number's prefix"
	switch {
	case f.Zone != "":
		names, origin = []string{f.Zone}, "the contact record's zone"
	case len(record.zones) > 0:
		names, origin = record.zones, "the contact record's state, province or postal code"
	case record.country != "" && record.country != number.country:
		names = append(slices.Clone(names), countryZones(record.country)...)
		origin = "the number's prefix and the contact record's country"
	}
	r.origin = origin
	for _, n := range names {
		loc, err := location(n)
		if err != nil {
			return r, fmt.Sprintf("the time zone %q is not known: correct it in the contact record", n)
		}
		if !slices.Contains(r.zones, loc) {
			r.zones = append(r.zones, loc)
		}
	}
	if len(r.zones) == 0 {
		return r, "no time zone is known for this number: give the contact a time zone, state or postal code"
	}
	r.judgeBy(f.Hours, number, record)
	return r, ""
}

// judgeBy fills in the clocks: the program's hours where they fit the country,
// else the defaults of all places that the phone may be in.
func (r *recipient) judgeBy(own *Hours, number, record region) {
	at := []region{number}
	if record.country != "" && (record.country != number.country || record.part != number.part) {
		at = append(at, record)
	}
	for _, place := range at {
		law := defaultHours(place)
		r.cap = lower(r.cap, law.cap)
		if own != nil && (own.Country == "" || own.Country == place.country) {
			law = own
			r.cap = lower(r.cap, own.cap)
		}
		for _, z := range r.zones {
			r.clocks = append(r.clocks, clock{law, z, calendarOf(place)})
		}
	}
}

// lower is the smaller of two limits, where 0 is none.
func lower(a, b int) int {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// defaultHours gives the strict default of a state or country.
func defaultHours(at region) *Hours {
	if at.part == unknownState {
		return profiles["US-SAFE"]
	}
	if h, ok := profiles[at.part]; ok && at.country == "US" && h.Country == "US" {
		return h
	}
	if at.country == "FR" {
		return profiles["FR-strict"]
	}
	if h, ok := profiles[at.country]; ok && h.Country == at.country {
		return h
	}
	return profiles["other"]
}

// calendarOf names the holidays of a place: "FR-RE", "US-LA", "DE".
func calendarOf(at region) string {
	if at.part == "" {
		return at.country
	}
	return at.country + "-" + at.part
}

// recordRegion reads country, state and postal code of the contact record.
func recordRegion(f Facts, fallback string) region {
	country := countryOf(strings.ToUpper(f.Country))
	r := region{country: country}
	if country == "" {
		if f.Region == "" && f.PostalCode == "" {
			return region{}
		}
		r.country = fallback
	}
	if country != strings.ToUpper(f.Country) {
		r.part = strings.ToUpper(f.Country) // a territory given as a country
	}
	if known, ok := places[r.country+" "+strings.ToUpper(strings.TrimPrefix(f.Region, r.country+"-"))]; ok && f.Region != "" {
		return known
	}
	code := strings.ToUpper(strings.ReplaceAll(f.PostalCode, " ", ""))
	for n := min(3, len(code)); n > 0; n-- {
		if known, ok := postals[r.country+" "+code[:n]]; ok {
			return known
		}
	}
	if known, ok := places[r.country+" "+r.part]; ok {
		return known
	}
	return r
}

// countryZones gives every zone of a country.
func countryZones(country string) []string {
	code := strconv.Itoa(phonenumbers.GetCountryCodeForRegion(country))
	if r, ok := prefixes[code]; ok && r.country == country {
		return r.zones
	}
	if code != northAmerica {
		return library(code)
	}
	var zones []string
	for key, r := range places { // sorted below: the order must not depend on the map
		if strings.HasPrefix(key, country+" ") {
			zones = append(zones, r.zones...)
		}
	}
	slices.Sort(zones)
	return slices.Compact(zones)
}

// locations keeps the zones that were loaded: loading parses a file.
var locations sync.Map // string -> *time.Location

func location(name string) (*time.Location, error) {
	if l, ok := locations.Load(name); ok {
		return l.(*time.Location), nil
	}
	if name == "Local" { // would depend on the machine
		return nil, fmt.Errorf("optout: %q is no time zone", name)
	}
	l, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("optout: time zone %q: %w", name, err)
	}
	locations.Store(name, l)
	return l, nil
}
