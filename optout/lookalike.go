package optout

import "unicode/utf8"

// shapes are letters that look, in small or capital form, like a Latin one or
// stand for it on a Greek or Cyrillic keyboard: filters and jokers mix them,
// and so do people who forget to switch keyboards.
var shapes = pairs(
	"\u0430a \u0432b \u0435e \u0437e \u0438n \u043Ak \u043Cm \u043Dh \u043Eo \u043Fp \u0440p \u0441c \u0442t \u0443y \u0445x \u044Cb \u0455s \u0456i \u0458j \u04AFy \u04BBh \u04CFl \u0501d \u051Bq \u051Dw" +
		" \u03B1a \u03B2b \u03B5e \u03B6z \u03B7h \u03B9i \u03BAk \u03BCm \u03BDn \u03BFo \u03C0p \u03C1p \u03C3s \u03C4t \u03C5y \u03C7x" +
		" \u0578n \u057Du \u0585o \u0251a \u0261g \u0269i" +
		" \u1D00a \u0299b \u1D04c \u1D05d \u1D07e \uA730f \u0262g \u029Ch \u026Ai \u1D0Aj \u1D0Bk \u029Fl \u1D0Dm \u0274n \u1D0Fo \u1D18p \u0280r \uA731s \u1D1Bt \u1D1Cu \u1D20v \u1D21w \u028Fy \u1D22z",
)

func pairs(s string) map[rune]byte {
	out := make(map[rune]byte)
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		out[r] = s[n]
		s = s[min(n+2, len(s)):]
	}
	return out
}

// lookalikes are the opt-out words by their shape.
var lookalikes = func() map[string]string {
	out := make(map[string]string)
	for w, e := range lexicon {
		s, ok := shape(w)
		if _, taken := lexicon[s]; ok && e.mark&universal != 0 && (s == w || !taken) {
			out[s] = w
		}
	}
	return out
}()

// shape writes a folded word in Latin letters; a word with any other letter has
// none.
func shape(w string) (string, bool) {
	var buf [64]byte
	b := buf[:0]
	for _, r := range w {
		c, ok := shapes[r]
		if r < utf8.RuneSelf {
			c, ok = byte(r), true
		}
		if !ok || len(b) == len(buf) {
			return "", false
		}
		b = append(b, c)
	}
	return string(b), true
}

// lookalike gives the opt-out word that a word in mixed letters looks like:
// "s\u0442op" is "stop".
func lookalike(w string) (meant string, ok bool) {
	s, ok := shape(w)
	if !ok {
		return "", false
	}
	meant, ok = lookalikes[s]
	return meant, ok
}

// known looks a folded word up, also by its shape.
func known(w string) (entry, bool) {
	if e, ok := lexicon[w]; ok || isASCII(w) {
		return e, ok
	}
	meant, ok := lookalike(w)
	return lexicon[meant], ok
}
