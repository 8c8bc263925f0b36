package coding_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"repartee/smpp/coding"
	"repartee/smpp/pdu"
)

const (
	short = "Enjoy! Your code: 4711. Reply STOP to end."
	wide  = "Merci ! Votre reçu est prêt 😀"
)

// Not parallel: AllocsPerRun counts what other tests allocate as well.
func TestHotPathAllocations(t *testing.T) {
	octets := []byte(short)
	m := &pdu.Message{UserData: octets}
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() { coding.Encode(short, coding.GSM7) }), 1.0)
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() { coding.Decode(0, octets, coding.GSM7) }), 2.0)
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() { _, _ = coding.Split(short, coding.SplitOptions{}) }), 2.0)
	require.Zero(t, testing.AllocsPerRun(100, func() { coding.Count(wide, coding.GSM7) }))
	require.Zero(t, testing.AllocsPerRun(100, func() { coding.ConcatOf(m) }))
}

func BenchmarkEncodeGSM7(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		coding.Encode(short, coding.GSM7)
	}
}

func BenchmarkEncodeUCS2(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		coding.Encode(wide, coding.GSM7)
	}
}

func BenchmarkDecodeGSM7(b *testing.B) {
	octets := []byte(short)
	b.ReportAllocs()
	for b.Loop() {
		coding.Decode(0, octets, coding.GSM7)
	}
}

func BenchmarkDecodeUCS2(b *testing.B) {
	_, _, octets := coding.Encode(wide, coding.GSM7)
	b.ReportAllocs()
	for b.Loop() {
		coding.Decode(8, octets, coding.GSM7)
	}
}

func BenchmarkSplitOne(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, _ = coding.Split(short, coding.SplitOptions{})
	}
}

func BenchmarkSplitThree(b *testing.B) {
	text := a(short, 9)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = coding.Split(text, coding.SplitOptions{})
	}
}

func BenchmarkCount(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		coding.Count(short, coding.GSM7)
	}
}

func BenchmarkTransliterate(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		coding.Transliterate(short)
	}
}
