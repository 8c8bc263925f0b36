package dialogs_test

import (
	"testing"
	"time"

	"repartee/dialogs"
)

// typed are the matchers that languages and countries change; each prints its
// answer, and the texts that it does not understand give "-".
var typed = map[string]string{
	"yes":    "{is: yes, say: \"yes\"}, {is: no, say: \"no\"}",
	"number": "{is: number, min: 1, max: 2000, say: \"{{answer}}\"}",
	"amount": "{is: amount, say: \"{{answer}}\"}",
	"date":   "{is: date, say: \"{{date(answer, 'long')}}\"}",
	"time":   "{is: time, say: \"{{answer}}\"}",
	"bound":  "{is: time, min: \"'17:00'\", max: \"'23:00'\", say: \"{{answer}}\"}",
	"phone":  "{is: phone, say: \"{{answer}}\"}",
	"post":   "{is: postcode, say: \"{{answer}}\"}",
	"email":  "{is: email, say: \"{{answer}}\"}",
	"choice": "{choice: {one: Uno, two: Due, three: {text: Tre, words: [pizza]}}, say: \"{{answer}}\"}",
}

// country is one program in which people answer: asked on Friday 2026-11-20 at
// noon.
type country struct {
	language, country, currency, zone string
	answers                           map[string]map[string]string // matcher → text → answer
}

var countries = []country{
	{"en", "GB", "GBP", "Europe/London", map[string]map[string]string{
		"yes":    {"Yeah sure": "yes", "yes no problem": "yes", "k": "yes", "go ahead": "yes", "nope": "no", "not today thanks": "no", "no not now": "no", "yes but later": "-", "ok no": "-", "yes definitely": "yes"},
		"number": {"1,200": "1200", "two": "2", "1.5": "-", "3000": "-", "two thanks": "2", "12 of us": "12"},
		"amount": {"£12.50": "£12.50", "12 quid": "£12.00", "1,234.50": "£1,234.50", "£5 and 50p": "£5.50", "12 €": "-", "5 pounds 5 pence": "£5.05", "5 pounds 5": "-"},
		"date":   {"sat": "21 Nov 2026", "the 3rd of Dec": "3 Dec 2026", "Dec 3rd": "3 Dec 2026", "day after tomorrow": "22 Nov 2026", "tmrw": "21 Nov 2026", "Sat 5 December": "5 Dec 2026", "Fri 5 December": "-", "3/12": "3 Dec 2026", "24dec": "24 Dec 2026", "next friday": "27 Nov 2026", "12/24": "24 Dec 2026"},
		"time":   {"7.30 in the evening": "19:30", "half past": "-", "at 7pm": "19:00", "8 o'clock": "8:00", "seven pm": "19:00", "13:60": "-", "20": "20:00"},
		"bound":  {"at 8": "20:00", "half": "-", "8 in the morning": "-"},
		"phone":  {"07400 123456": "447400123456"}, "post": {"sw1a 1aa please": "SW1A1AA"},
	}},
	{"fr", "FR", "EUR", "Europe/Paris", map[string]map[string]string{
		"yes":    {"oui pas de souci": "yes", "Ça marche": "yes", "ouiii": "yes", "non pas aujourd'hui": "no", "ça ira merci": "no", "ok mais plus tard": "-", "ok non": "-"},
		"number": {"1 200": "1200", "une svp": "1", "dix-sept": "17", "deux mille": "-", "12.500": "-"},
		"amount": {"1 234,50 €": "1 234,50 €", "12 euros et 50 centimes": "12,50 €", "20e": "20,00 €", "12 euros 5 centimes": "12,05 €", "1.234,50": "1 234,50 €"},
		"date":   {"après-demain": "22/11/2026", "sam": "21/11/2026", "samedi 5 décembre": "05/12/2026", "vendredi 5 décembre": "-", "le 24dec": "24/12/2026", "vendredi prochain": "27/11/2026", "ce soir": "20/11/2026", "demain matin": "21/11/2026"},
		"time":   {"8h du soir": "20h00", "19 heures 30": "19h30", "7h du matin": "7h00", "vers 20h": "20h00", "sept heures": "7h00"},
		"bound":  {"à 8": "20h00"},
		"post":   {"75 011": "75011"}, "email": {"Lea.Martin@Exemple.fr merci": "lea.martin@exemple.fr"}, "choice": {"deux": "two", "n°3": "three", "la pizza svp": "three"},
	}},
	{"de", "DE", "EUR", "Europe/Berlin", map[string]map[string]string{
		"yes":    {"Ja klar": "yes", "jo": "yes", "na klar!": "yes", "ja kein Problem": "yes", "Sehr gerne": "yes", "natuerlich": "yes", "nö": "no", "Nein danke": "no", "lieber nicht": "no", "ja aber später": "-", "jein": "-", "ok nee": "-"},
		"number": {"zwei": "2", "fuenf": "5", "fünf": "5", "eine bitte": "1", "1.200": "1200", "zwölf": "12", "1,5": "-"},
		"amount": {"12,50 Euro": "12,50 €", "1.234,50 €": "1.234,50 €", "12,- €": "12,00 €", "12 Euro und 50 Cent": "12,50 €", "50 Franken": "-"},
		"date":   {"heute Abend": "20.11.2026", "übermorgen": "22.11.2026", "uebermorgen": "22.11.2026", "am 3. Dezember": "03.12.2026", "3.12.": "03.12.2026", "3.12.27": "03.12.2027", "Samstag": "21.11.2026", "nächsten Freitag": "27.11.2026", "am Sa, den 5.12.": "05.12.2026", "24. Maerz": "24.03.2027", "Morgen früh": "21.11.2026"},
		"time":   {"20 Uhr": "20:00", "um 19:30 Uhr": "19:30", "8 Uhr abends": "20:00", "acht Uhr morgens": "8:00", "20 Uhr 15": "20:15", "Mitternacht": "0:00", "12 Uhr nachts": "0:00", "9.30 Uhr": "9:30"},
		"bound":  {"um acht": "20:00", "gegen 8": "20:00"},
		"phone":  {"0151 23456789": "4915123456789"}, "post": {"10115 Berlin": "10115"}, "choice": {"zwei": "two", "die pizza bitte": "three"},
	}},
	{"es", "ES", "EUR", "Europe/Madrid", map[string]map[string]string{
		"yes":    {"Sí": "yes", "si claro": "yes", "vale": "yes", "sí, por favor": "yes", "por supuesto": "yes", "¡Claro que sí!": "yes", "si no hay problema": "yes", "no gracias": "no", "ahora no": "no", "si pero luego": "-", "tal vez": "-", "no": "no"},
		"number": {"dos": "2", "una por favor": "1", "dieciséis": "16", "1.200": "1200"},
		"amount": {"12,50": "12,50 €", "12 euros con 50": "12,50 €", "1.234,50 €": "1.234,50 €", "12 pesos": "-"},
		"date":   {"mañana": "21/11/2026", "pasado mañana": "22/11/2026", "el 3 de diciembre": "03/12/2026", "1º de enero de 2027": "01/01/2027", "el viernes que viene": "27/11/2026", "próximo viernes": "27/11/2026", "sábado 5 de dic": "05/12/2026", "hoy": "20/11/2026", "el mie": "25/11/2026"},
		"time":   {"a las 8 de la tarde": "20:00", "8 de la mañana": "8:00", "20h": "20:00", "20:30 h": "20:30", "mediodía": "12:00", "a medianoche": "0:00", "12 de la noche": "0:00", "12 de la tarde": "12:00", "las 9 de la noche": "21:00"},
		"bound":  {"a las 8": "20:00", "a las ocho": "20:00"},
		"phone":  {"612 34 56 78": "34612345678"}, "post": {"28013 Madrid": "28013"}, "choice": {"dos": "two", "la pizza porfa": "three"},
	}},
	{"it", "IT", "EUR", "Europe/Rome", map[string]map[string]string{
		"yes":    {"Sì grazie": "yes", "si": "yes", "certo!": "yes", "va bene": "yes", "d'accordo": "yes", "perché no": "yes", "no grazie": "no", "meglio di no": "no", "anche no": "no", "si ma dopo": "-", "forse": "-", "non": "-"},
		"number": {"due": "2", "una": "1", "diciassette": "17", "1.200": "1200"},
		"amount": {"12,50 euro": "12,50 €", "€ 12": "12,00 €", "1.234,50": "1.234,50 €"},
		"date":   {"domani": "21/11/2026", "dopodomani": "22/11/2026", "l'8 dicembre": "08/12/2026", "1° gennaio": "01/01/2027", "venerdì prossimo": "27/11/2026", "stasera": "20/11/2026", "lunedi": "23/11/2026", "sabato 5 dicembre": "05/12/2026", "il 3 dic": "03/12/2026"},
		"time":   {"alle 8 di sera": "20:00", "ore 20.30": "20:30", "alle ore 20": "20:00", "mezzogiorno": "12:00", "mezzanotte": "0:00", "20:15": "20:15"},
		"bound":  {"alle 8": "20:00", "alle otto": "20:00"},
		"phone":  {"347 123 4567": "393471234567"}, "post": {"00184 Roma": "00184"}, "choice": {"due": "two", "la pizza per favore": "three"},
	}},
	{"nl", "NL", "EUR", "Europe/Amsterdam", map[string]map[string]string{
		"yes":    {"Ja hoor": "yes", "jazeker": "yes", "is goed": "yes", "ja graag": "yes", "ja geen probleem": "yes", "oké": "yes", "nee dank je wel": "no", "nu niet": "no", "hoeft niet": "no", "ja maar later": "-", "misschien": "-"},
		"number": {"twee": "2", "één": "1", "een aub": "1", "1.200": "1200"},
		"amount": {"12,50": "€ 12,50", "€ 12,-": "€ 12,00", "1.234,50 euro": "€ 1.234,50"},
		"date":   {"morgen": "21-11-2026", "overmorgen": "22-11-2026", "vanavond": "20-11-2026", "3 december": "03-12-2026", "de 3e december": "03-12-2026", "volgende vrijdag": "27-11-2026", "za": "21-11-2026", "3-12": "03-12-2026", "zaterdag 5 dec": "05-12-2026"},
		"time":   {"8 uur 's avonds": "20:00", "om 20 uur": "20:00", "20u30": "20:30", "8 uur s ochtends": "8:00", "middernacht": "0:00", "20.15 uur": "20:15"},
		"bound":  {"om 8": "20:00", "rond acht uur": "20:00"},
		"phone":  {"06 12345678": "31612345678"}, "post": {"1017 ab Amsterdam": "1017AB"}, "choice": {"twee": "two", "de pizza aub": "three"},
	}},
	{"pt", "PT", "EUR", "Europe/Lisbon", map[string]map[string]string{
		"yes":    {"Sim, obrigado": "yes", "ss": "yes", "claro": "yes", "com certeza": "yes", "pode ser": "yes", "quero": "yes", "sim não há problema": "yes", "não obrigada": "no", "nao": "no", "agora não": "no", "n": "no", "sim mas depois": "-", "talvez": "-", "quero 2": "-"},
		"number": {"duas": "2", "um": "1", "quero 3": "3", "dezesseis": "16", "dezasseis": "16", "1 200": "1200"},
		"amount": {"12,50 €": "12,50 €", "12 euros e 50": "12,50 €", "1.234,50": "1 234,50 €"},
		"date":   {"amanhã": "21/11/2026", "depois de amanhã": "22/11/2026", "dia 3 de dezembro": "03/12/2026", "24/dez": "24/12/2026", "hoje à noite": "20/11/2026", "sábado": "21/11/2026", "segunda-feira": "23/11/2026", "na sexta que vem": "27/11/2026", "próxima sexta": "27/11/2026", "segunda": "23/11/2026", "1º de janeiro": "01/01/2027", "sexta-feira 4 de dezembro": "04/12/2026"},
		"time":   {"às 8 da noite": "20:00", "20h30": "20:30", "meio-dia": "12:00", "meia-noite": "0:00", "às 20 horas": "20:00", "3 da tarde": "15:00"},
		"bound":  {"às 8": "20:00"},
		"phone":  {"912 345 678": "351912345678"}, "post": {"1000 205 Lisboa": "1000-205"}, "choice": {"duas": "two", "a pizza pf": "three"},
	}},
	{"pl", "PL", "PLN", "Europe/Warsaw", map[string]map[string]string{
		"yes":    {"Tak": "yes", "tak, poproszę": "yes", "jasne": "yes", "no tak": "yes", "no pewnie": "yes", "nie ma sprawy": "yes", "czemu nie": "yes", "tak nie ma problemu": "yes", "nie dziękuję": "no", "Nie": "no", "raczej nie": "no", "no nie": "no", "no": "-", "tak ale później": "-", "może": "-", "ok nie": "-"},
		"number": {"dwie": "2", "piec": "5", "pięć": "5", "poproszę 3": "3", "1 200": "1200"},
		"amount": {"12,50 zł": "12,50 zl", "20 zlotych": "20,00 zl", "1 234,50": "1 234,50 zl", "12 zł 50 gr": "12,50 zl", "12 zł 5 gr": "12,05 zl", "12 euro": "-"},
		"date":   {"jutro": "21.11.2026", "pojutrze": "22.11.2026", "3 grudnia": "03.12.2026", "3 grudnia 2027 r.": "03.12.2027", "w sobotę": "21.11.2026", "w srode": "25.11.2026", "następny piątek": "27.11.2026", "dzis": "20.11.2026", "24.12": "24.12.2026", "pn": "23.11.2026"},
		"time":   {"o 20": "20:00", "godz. 20:30": "20:30", "8 wieczorem": "20:00", "8 rano": "8:00", "w południe": "12:00", "o północy": "0:00", "o 3 po południu": "15:00"},
		"bound":  {"o 8": "20:00"},
		"phone":  {"512 345 678": "48512345678"}, "post": {"00950 Warszawa": "00-950", "00-950": "00-950"}, "choice": {"dwa": "two", "poproszę pizza": "three"},
	}},
	{"ro", "RO", "RON", "Europe/Bucharest", map[string]map[string]string{
		"yes":    {"Da": "yes", "da, mulțumesc": "yes", "sigur": "yes", "de ce nu": "yes", "da nicio problemă": "yes", "Bineînțeles": "yes", "Nu": "no", "nu mersi": "no", "nu acum": "no", "da dar mai târziu": "-", "poate": "-", "ok nu": "-"},
		"number": {"două": "2", "doi": "2", "o": "1", "vreau 3": "3", "paișpe": "14", "1.200": "1200"},
		"amount": {"12,50 lei": "12,50 lei", "20 de lei": "20,00 lei", "1.234,50 RON": "1.234,50 lei", "12 lei 50 bani": "12,50 lei", "12 euro": "-"},
		"date":   {"mâine": "21.11.2026", "maine": "21.11.2026", "poimâine": "22.11.2026", "pe 3 decembrie": "03.12.2026", "3 dec": "03.12.2026", "diseară": "20.11.2026", "sâmbătă": "21.11.2026", "vinerea viitoare": "-", "vineri viitoare": "27.11.2026", "marți": "24.11.2026", "24.12": "24.12.2026"},
		"time":   {"ora 20": "20:00", "la ora 20:30": "20:30", "8 seara": "20:00", "8 dimineața": "8:00", "la prânz": "12:00", "miezul nopții": "0:00", "4 după-amiaza": "16:00"},
		"bound":  {"la 8": "20:00", "la opt": "20:00"},
		"phone":  {"0721 234 567": "40721234567"}, "post": {"010011 București": "010011"}, "choice": {"doi": "two", "o pizza va rog": "three"},
	}},
	{"pt", "BR", "BRL", "America/Sao_Paulo", map[string]map[string]string{
		"amount": {"R$ 12,50": "R$ 12,50", "12 reais": "R$ 12,00", "1.234,50": "R$ 1.234,50"},
		"post":   {"01310100": "01310-100"}, "phone": {"(11) 96123-4567": "5511961234567"},
	}},
	{"es", "US", "USD", "America/New_York", map[string]map[string]string{
		"amount": {"$12.50": "$12.50", "12 dólares": "$12.00", "1,234.50": "$1,234.50"},
		"date":   {"12/3": "3 dic 2026", "24/12": "24 dic 2026", "3 de diciembre": "3 dic 2026"},
		"time":   {"8 de la noche": "8:00 pm"},
	}},
	{"en", "US", "USD", "America/New_York", map[string]map[string]string{
		"amount": {"1,234.5": "$1,234.50", "20 bucks": "$20.00"}, "date": {"12/3": "Dec 3 2026", "Dec 3": "Dec 3 2026"}, "time": {"noon": "12:00 pm", "12:15 am": "12:15 am"},
	}},
	{"de", "CH", "CHF", "Europe/Zurich", map[string]map[string]string{
		"amount": {"Fr. 12.50": "CHF 12.50", "1'234.50 Franken": "CHF 1'234.50", "12 Franken 5 Rappen": "CHF 12.05"}, "post": {"8001 Zürich": "8001"},
	}},
	{"fr", "CA", "CAD", "America/Toronto", map[string]map[string]string{
		"amount": {"12 dollars": "12,00 $", "12,50 $": "12,50 $"}, "post": {"h2x 1y4": "H2X1Y4"},
	}},
}

// ask asks the matcher's question in a program and returns the answer to a text.
func (c country) ask(t *testing.T, matcher, text string, now time.Time, languages ...string) string {
	t.Helper()
	zone, err := time.LoadLocation(c.zone)
	if err != nil {
		t.Fatal(err)
	}
	languages = append([]string{c.language}, languages...)
	env := dialogs.Env{Languages: languages, Country: c.country, Currency: c.currency, Zone: zone, Version: 1}
	program := dialogs.Program{Name: "demo", Brand: "Demo", Country: c.country, Currency: c.currency, Languages: languages, Zone: zone}
	say := "?"
	if matcher == "choice" {
		say = "{{menu}}"
	}
	p := phoneIn(t, env, program, "flow: f\nclass: transactional\nstart: a\nstates:\n  a:\n    say: \""+say+"\"\n    replies: ["+typed[matcher]+"]\n    else: {say: \"-\"}\n")
	p.facts.Now = now
	p.start("f")
	return p.text(text)
}

func TestAnswersOfCountries(t *testing.T) {
	t.Parallel()
	for _, c := range countries {
		for matcher, texts := range c.answers {
			for text, want := range texts {
				t.Run(c.language+"-"+c.country+"/"+matcher+"/"+text, func(t *testing.T) {
					t.Parallel()
					if got := c.ask(t, matcher, text, time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)); got != want {
						t.Errorf("%q gives %q, wanted %q", text, got, want)
					}
				})
			}
		}
	}
}

// TestDatesAtTheEdges: days are of the calendar in the program's zone, so
// neither the year's end nor a day of 23 or 25 hours shifts them.
func TestDatesAtTheEdges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ now, text, want string }{
		{"2026-12-31T23:30:00+01:00", "heute", "31.12.2026"},
		{"2026-12-31T23:30:00+01:00", "morgen", "01.01.2027"},
		{"2026-12-31T23:30:00+01:00", "übermorgen", "02.01.2027"},
		{"2026-12-31T23:30:00+01:00", "1.1.", "01.01.2027"},
		{"2026-12-31T23:30:00+01:00", "31.12.", "31.12.2026"},
		{"2026-12-31T23:30:00+01:00", "30. Dezember", "30.12.2027"},
		{"2026-12-31T23:30:00+01:00", "Freitag", "01.01.2027"},
		{"2026-12-31T23:30:00+01:00", "29. Februar", "29.02.2028"},
		{"2026-12-31T22:30:00Z", "heute", "31.12.2026"},
		{"2026-12-31T23:30:00Z", "heute", "01.01.2027"}, // past midnight in Berlin
		{"2027-03-27T23:59:00+01:00", "morgen", "28.03.2027"},
		{"2027-03-28T00:30:00+01:00", "morgen", "29.03.2027"}, // a day of 23 hours
		{"2027-03-28T00:30:00+01:00", "Sonntag", "28.03.2027"},
		{"2027-03-28T00:30:00+01:00", "nächsten Sonntag", "04.04.2027"},
		{"2026-10-25T00:30:00+02:00", "morgen", "26.10.2026"}, // a day of 25 hours
		{"2026-10-25T23:30:00+01:00", "heute", "25.10.2026"},
		{"2026-10-24T12:00:00+02:00", "übermorgen", "26.10.2026"},
		{"2026-02-28T12:00:00+01:00", "morgen", "01.03.2026"},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		german := country{language: "de", country: "DE", currency: "EUR", zone: "Europe/Berlin"}
		if got := german.ask(t, "date", c.text, now); got != c.want {
			t.Errorf("%q at %s gives %q, wanted %q", c.text, c.now, got, c.want)
		}
	}
}

// TestWordsOfSeveralLanguages holds what a word does where it means something
// else in another language of the program.
func TestWordsOfSeveralLanguages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ first, second, matcher, text, want string }{
		{"pl", "en", "yes", "no", "no"}, // a Polish "no" is nearly yes, where only Polish is spoken it is asked again
		{"pl", "en", "yes", "no tak", "yes"},
		{"pl", "de", "yes", "ja nie chcę", "-"}, // "ja" is I and yes
		{"nl", "ro", "yes", "nu", "no"},
		{"nl", "ro", "yes", "ja nu graag", "-"},
		{"ro", "it", "yes", "si", "yes"}, // "și" is only "and" between the lines of an order
		{"ro", "it", "yes", "da", "yes"},
		{"ro", "pt", "yes", "da, vin si eu", "yes"},
		{"fr", "es", "yes", "si", "yes"},
		{"fr", "it", "yes", "non non", "no"},
		{"fr", "en", "yes", "ok non", "-"},
		{"fr", "pt", "yes", "sim mais tarde", "-"},
		{"de", "it", "date", "di", "24.11.2026"}, // Dienstag, and an Italian preposition
		{"it", "es", "date", "mar", "24/11/2026"},
		{"en", "de", "date", "may 5", "5 May 2027"},
		{"fr", "ro", "number", "o", "1"},
	} {
		countries := map[string]country{
			"pl": {"pl", "PL", "PLN", "Europe/Warsaw", nil}, "nl": {"nl", "NL", "EUR", "Europe/Amsterdam", nil}, "ro": {"ro", "RO", "RON", "Europe/Bucharest", nil},
			"fr": {"fr", "FR", "EUR", "Europe/Paris", nil}, "de": {"de", "DE", "EUR", "Europe/Berlin", nil}, "it": {"it", "IT", "EUR", "Europe/Rome", nil}, "en": {"en", "GB", "GBP", "Europe/London", nil},
		}
		if got := countries[c.first].ask(t, c.matcher, c.text, time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC), c.second); got != c.want {
			t.Errorf("%s and %s: %q gives %q, wanted %q", c.first, c.second, c.text, got, c.want)
		}
	}
}
