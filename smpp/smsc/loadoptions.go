package smsc

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"repartee/sms"
)

// LoadOptions describe a load: many phones, each of which texts, waits for its
// answer as a person does, and texts again.
type LoadOptions struct {
	Targets    []Target   // where the phones text to, dealt out in turn; empty: the first code of the first account
	FirstPhone sms.MSISDN // the phones have this number and those after it; 0: 33700000000
	Phones     int        // 0: 10,000
	Texts      []string   // what each phone texts, one after another and from the start again; {n} is the number of the MO

	Rate        float64       // MOs per second; 0: as fast as Outstanding allows
	Outstanding int           // without a rate: turns under way at a time; 0: 256
	PerPhone    int           // Numbered only: turns of one phone under way at a time; 0: one
	Turns       int64         // end after so many MOs; 0: no limit
	Duration    time.Duration // end after so long; 0: no limit
	Warmup      time.Duration // at the start, not measured
	Timeout     time.Duration // an MO without an answer for so long counts as lost; 0: 30 s

	// Numbered checks each answer instead of only counting: every text has
	// {n}, and the answer must contain # and that number, such as "got #17".
	Numbered bool
}

// Target is where phones text to.
type Target struct {
	Account string
	Code    sms.ShortCode
}

func (o LoadOptions) withDefaults() LoadOptions {
	setDefault(&o.FirstPhone, 33_700_000_000)
	setDefault(&o.Phones, 10_000)
	setDefault(&o.Outstanding, 256)
	setDefault(&o.PerPhone, 1)
	setDefault(&o.Timeout, 30*time.Second)
	return o
}

func (o LoadOptions) validate() error {
	switch {
	case len(o.Texts) == 0:
		return errors.New("load: no text: give at least one text for the phones")
	case o.Phones < 1 || o.Phones > 10_000_000:
		return errors.New("load: phones must be 1 to 10,000,000")
	case o.Rate < 0 || o.Outstanding < 1 || o.PerPhone < 1 || o.Turns < 0 || o.Duration < 0 || o.Warmup < 0 || o.Timeout < 0:
		return errors.New("load: rate, limits and times cannot be negative")
	case o.Turns == 0 && o.Duration == 0:
		return errors.New("load: no end: give turns or a duration")
	case o.PerPhone > 1 && !o.Numbered:
		return errors.New("load: several turns per phone need numbered texts, else nobody knows which answer is whose")
	}
	for _, text := range o.Texts {
		if o.Numbered && !strings.Contains(text, placeholder) {
			return fmt.Errorf("load: a numbered text must contain %s", placeholder)
		}
	}
	return nil
}
