package optout_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"repartee/optout"
)

// Canada wants ARRET answered in French and STOP in English (facts sheet 1.4).
func TestLanguageOfAText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"ARRET": "fr", "Arrêt !": "fr", "AIDE": "fr", "STOP": "", "HELP": "", "INFO": "", "BAJA": "es", "abmelden": "de", "PIZZA": "", "désabonnement": "fr", "WYPISZ": "pl", "退订": "zh", "стоп": "ru", "SТОP": "", "AVANMÄL": "sv", "dezabonare": "ro",
	} {
		assert.Equal(t, want, optout.Classify(text, optout.Context{}).Language, text)
	}
}
