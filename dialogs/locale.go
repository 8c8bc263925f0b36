package dialogs

// locale is how a language writes numbers, money, dates and times. All signs
// are of GSM 03.38: a text must not turn into UCS-2 by a no-break space or ł.
type locale struct {
	point, group string // 1.234,50: "," and "."
	signFirst    bool   // € 12,50
	signSpace    bool   // between a sign in front and the amount
	stroke       string // between day and month: 20/11; "" for the month's name
	dot          bool   // behind day and month, too: 20.11.
	hour         string // between hours and minutes
}

// locales are the languages, and after them the countries that differ.
var locales = map[string]locale{
	"en": {point: ".", group: ",", signFirst: true, hour: ":"},
	"fr": {point: ",", group: " ", stroke: "/", hour: "h"},
	"de": {point: ",", group: ".", stroke: ".", dot: true, hour: ":"},
	"es": {point: ",", group: ".", stroke: "/", hour: ":"},
	"it": {point: ",", group: ".", stroke: "/", hour: ":"},
	"nl": {point: ",", group: ".", signFirst: true, signSpace: true, stroke: "-", hour: ":"},
	"pt": {point: ",", group: " ", stroke: "/", hour: ":"},
	"pl": {point: ",", group: " ", stroke: ".", hour: ":"},
	"ro": {point: ",", group: ".", stroke: ".", hour: ":"},

	"fr-CH": {point: ".", group: " ", stroke: ".", dot: true, hour: "h"},
	"de-CH": {point: ".", group: "'", signFirst: true, signSpace: true, stroke: ".", dot: true, hour: ":"},
	"it-CH": {point: ".", group: "'", signFirst: true, signSpace: true, stroke: ".", dot: true, hour: ":"},
	"de-AT": {point: ",", group: ".", signFirst: true, signSpace: true, stroke: ".", dot: true, hour: ":"},
	"pt-BR": {point: ",", group: ".", signFirst: true, signSpace: true, stroke: "/", hour: ":"},
	"es-US": {point: ".", group: ",", signFirst: true, hour: ":"},
	"es-MX": {point: ".", group: ",", signFirst: true, stroke: "/", hour: ":"},
	"es-AR": {point: ",", group: ".", signFirst: true, signSpace: true, stroke: "/", hour: ":"},
	"es-CO": {point: ",", group: ".", signFirst: true, signSpace: true, stroke: "/", hour: ":"},
	"es-CL": {point: ",", group: ".", signFirst: true, stroke: "-", hour: ":"},
}

// other is how languages without a locale write, as most of Europe does.
var other = locale{point: ",", group: " ", stroke: "/", hour: ":"}

func localeOf(language, country string) locale {
	if l, ok := locales[language+"-"+country]; ok {
		return l
	}
	if l, ok := locales[language]; ok {
		return l
	}
	return other
}

// halfDays are the countries whose English counts hours to twelve; in the US
// every language does, and writes the month by its name since 11/12 is read
// with the month in front.
var halfDays = map[string]bool{"US": true, "CA": true, "AU": true, "NZ": true, "IN": true}

// signs are the currencies that have one, with a plain letter for ł. "zl" and
// "lei" are of their own languages, others write PLN and RON.
var signs = map[string]string{
	"EUR": "€", "USD": "$", "GBP": "£", "CAD": "$", "AUD": "$", "NZD": "$", "MXN": "$", "ARS": "$", "COP": "$", "CLP": "$",
	"BRL": "R$", "pl-PLN": "zl", "ro-RON": "lei",
}
