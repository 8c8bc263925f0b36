package optout_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"repartee/optout"
	"repartee/sms"
)

// at reads a moment.
func at(t testing.TB, s string) time.Time {
	t.Helper()
	m, err := time.Parse(time.RFC3339, s)
	require.NoError(t, err)
	return m
}

// classOf reads the sheet's names of classes.
var classOf = map[string]sms.Class{"promotional": sms.Marketing, "transactional": sms.Transactional, "OTP": sms.Transactional, "conversational": sms.Reply}

func hours(t testing.TB, name string) *optout.Hours {
	t.Helper()
	h, err := optout.ParseHours(name)
	require.NoError(t, err)
	return h
}

// facts of a message that nothing but hours and frequency can stop.
func facts(to int64, class sms.Class) optout.Facts {
	return optout.Facts{ID: 7, To: sms.MSISDN(to), Code: 36111, Class: class, Consent: optout.ConsentSingle}
}

func TestGate(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-07-15T10:00:00Z") // a Wednesday, noon in Paris
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	const fr = 33612345678
	for name, c := range map[string]struct {
		class  sms.Class
		change func(f *optout.Facts)
		want   string // verdict reason
	}{
		"marketing with consent":                   {sms.Marketing, nil, "allow "},
		"no class":                                 {0, nil, "refuse bad_facts"},
		"wild class":                               {9, nil, "refuse bad_facts"},
		"expired":                                  {sms.Compliance, func(f *optout.Facts) { f.Expires = now }, "refuse expired"},
		"expires later":                            {sms.Compliance, func(f *optout.Facts) { f.Expires = now.Add(1) }, "allow "},
		"overtaken":                                {sms.Marketing, func(f *optout.Facts) { f.Overtaken = optout.OvertakenConversation }, "refuse overtaken"},
		"older stop beats all":                     {sms.Compliance, func(f *optout.Facts) { f.StopID, f.BornStopID = 5, 4 }, "refuse stopped"},
		"older stop, answers":                      {sms.Reply, func(f *optout.Facts) { f.StopID = 5; f.Answers = true; f.LastMO = now }, "refuse stopped"},
		"same stop, confirmation":                  {sms.Compliance, func(f *optout.Facts) { f.Stopped, f.StopID, f.BornStopID = true, 5, 5 }, "allow "},
		"stopped marketing":                        {sms.Marketing, func(f *optout.Facts) { f.Stopped = true }, "refuse stopped"},
		"stopped transactional":                    {sms.Transactional, func(f *optout.Facts) { f.Stopped = true }, "refuse stopped"},
		"stopped fraud alert":                      {sms.Transactional, func(f *optout.Facts) { f.Stopped, f.SurvivesStop = true, true }, "allow "},
		"marketing never survives":                 {sms.Marketing, func(f *optout.Facts) { f.Stopped, f.SurvivesStop = true, true }, "refuse stopped"},
		"stopped, reply to own text":               {sms.Reply, func(f *optout.Facts) { f.Stopped, f.Answers, f.LastMO = true, true, ago(time.Second) }, "allow "},
		"stopped, reply to nothing":                {sms.Reply, func(f *optout.Facts) { f.Stopped, f.LastMO = true, ago(time.Second) }, "refuse stopped"},
		"stopped, late reply":                      {sms.Reply, func(f *optout.Facts) { f.Stopped, f.Answers, f.LastMO = true, true, ago(15*time.Minute) }, "refuse stopped"},
		"opted out of the program":                 {sms.Transactional, func(f *optout.Facts) { f.Consent = optout.ConsentOptedOut }, "refuse stopped"},
		"suppressed":                               {sms.Transactional, func(f *optout.Facts) { f.Suppressed = "everywhere" }, "refuse suppressed"},
		"suppressed marketing only, transactional": {sms.Transactional, func(f *optout.Facts) { f.Suppressed = optout.SuppressedMarketing }, "allow "},
		"suppressed marketing only, marketing":     {sms.Marketing, func(f *optout.Facts) { f.Suppressed = optout.SuppressedMarketing }, "refuse paused"},
		"number gone":                              {sms.Transactional, func(f *optout.Facts) { f.Suppressed = optout.SuppressedInvalid }, "refuse suppressed"},
		"number gone, reply to own text": {sms.Reply, func(f *optout.Facts) {
			f.Suppressed, f.Answers, f.LastMO = optout.SuppressedInvalid, true, ago(time.Second)
		}, "allow "},
		"paused, marketing":       {sms.Marketing, func(f *optout.Facts) { f.PausedUntil = now.Add(1) }, "refuse paused"},
		"paused until now":        {sms.Marketing, func(f *optout.Facts) { f.PausedUntil = now }, "allow "},
		"paused, transactional":   {sms.Transactional, func(f *optout.Facts) { f.PausedUntil = now.Add(1) }, "allow "},
		"paused, without consent": {sms.Marketing, func(f *optout.Facts) { f.PausedUntil, f.Consent = now.Add(1), "" }, "refuse paused"},
		"suppressed, help":        {sms.Compliance, func(f *optout.Facts) { f.Suppressed = "everywhere" }, "allow "},
		"confirmed 59 s ago":      {sms.Compliance, func(f *optout.Facts) { f.ConfirmedAt = []time.Time{ago(59 * time.Second)} }, "refuse confirmed"},
		"confirmed 60 s ago":      {sms.Compliance, func(f *optout.Facts) { f.ConfirmedAt = []time.Time{ago(60 * time.Second)} }, "allow "},
		"three confirmations": {sms.Compliance, func(f *optout.Facts) {
			f.ConfirmedAt = []time.Time{ago(time.Hour), ago(2 * time.Hour), ago(23 * time.Hour)}
		}, "refuse confirmed"},
		"three, one is old": {sms.Compliance, func(f *optout.Facts) {
			f.ConfirmedAt = []time.Time{ago(time.Hour), ago(2 * time.Hour), ago(24 * time.Hour)}
		}, "allow "},
		"reply in the window":                    {sms.Reply, func(f *optout.Facts) { f.LastMO = ago(15*time.Minute - 1) }, "allow "},
		"reply after the window":                 {sms.Reply, func(f *optout.Facts) { f.LastMO = ago(15 * time.Minute) }, "refuse reply_window"},
		"reply without a text":                   {sms.Reply, nil, "refuse reply_window"},
		"late reply, else transactional":         {sms.Reply, func(f *optout.Facts) { f.LastMO, f.Otherwise = ago(time.Hour), sms.Transactional }, "allow "},
		"late reply, else marketing, no consent": {sms.Reply, func(f *optout.Facts) { f.LastMO, f.Otherwise, f.Consent = ago(time.Hour), sms.Marketing, "" }, "refuse no_consent"},
		"no consent":                             {sms.Marketing, func(f *optout.Facts) { f.Consent = "" }, "refuse no_consent"},
		"pending":                                {sms.Marketing, func(f *optout.Facts) { f.Consent = optout.ConsentPending }, "refuse no_consent"},
		"single where double is needed":          {sms.Marketing, func(f *optout.Facts) { f.Needs = optout.ConsentDouble }, "refuse no_consent"},
		"double":                                 {sms.Marketing, func(f *optout.Facts) { f.Needs, f.Consent = optout.ConsentDouble, optout.ConsentDouble }, "allow "},
		"unknown need":                           {sms.Marketing, func(f *optout.Facts) { f.Needs = "twice" }, "refuse no_consent"},
		"opt-in prompt":                          {sms.Marketing, func(f *optout.Facts) { f.Needs, f.Consent = optout.NeedsNothing, "" }, "allow "},
		"drop when quiet":                        {sms.Marketing, func(f *optout.Facts) { f.WhenQuiet, f.Zone = optout.WhenQuietDrop, "Asia/Tokyo"; f.To = 81312345678 }, "allow "},
		"dropped":                                {sms.Marketing, func(f *optout.Facts) { f.WhenQuiet, f.Zone = optout.WhenQuietDrop, "America/New_York" }, "refuse quiet_hours"},
		"held too long":                          {sms.Marketing, func(f *optout.Facts) { f.Zone = "America/New_York"; f.Expires = now.Add(time.Hour) }, "refuse quiet_hours"},
		"held":                                   {sms.Marketing, func(f *optout.Facts) { f.Zone = "America/New_York"; f.Expires = now.Add(12 * time.Hour) }, "hold quiet_hours"},
		"bad zone":                               {sms.Marketing, func(f *optout.Facts) { f.Zone = "Mars/Olympus" }, "hold unknown_zone"},
		"machine's zone":                         {sms.Marketing, func(f *optout.Facts) { f.Zone = "Local" }, "hold unknown_zone"},
		"one an hour by default":                 {sms.Marketing, func(f *optout.Facts) { f.Sent = []time.Time{ago(59 * time.Minute)} }, "hold frequency"},
		"an hour later":                          {sms.Marketing, func(f *optout.Facts) { f.Sent = []time.Time{ago(time.Hour)} }, "allow "},
		"promised one a day":                     {sms.Marketing, func(f *optout.Facts) { f.Frequency.PerDay = 1; f.Sent = []time.Time{ago(23 * time.Hour)} }, "hold frequency"},
		"promised two a week": {sms.Marketing, func(f *optout.Facts) {
			f.Frequency.PerWeek = 2
			f.Sent = []time.Time{ago(23 * time.Hour), ago(160 * time.Hour)}
		}, "hold frequency"},
		"promised one a month":      {sms.Marketing, func(f *optout.Facts) { f.Frequency.PerMonth = 1; f.Sent = []time.Time{ago(14 * 24 * time.Hour)} }, "hold frequency"},
		"last month does not count": {sms.Marketing, func(f *optout.Facts) { f.Frequency.PerMonth = 1; f.Sent = []time.Time{ago(15 * 24 * time.Hour)} }, "allow "},
	} {
		f := facts(fr, c.class)
		if c.change != nil {
			c.change(&f)
		}
		d := optout.Decide(f, now)
		assert.Equal(t, c.want, d.Verdict.String()+" "+d.Reason, "%s: %s %s", name, d.Rule, d.Sentence)
		assert.Equal(t, d.Verdict == optout.Allow, d.Permit.Allows(f.ID, now), name)
		assert.NotEmpty(t, d.Rule, name)
		assert.NotEmpty(t, d.Sentence, name)
		if d.Verdict != optout.Allow {
			assert.NotEmpty(t, d.Source, name)
		}
	}
}

func TestFrequencyHoldsUntilBothAreOpen(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-07-15T18:00:00Z") // 20:00 in Paris
	f := facts(33612345678, sms.Marketing)
	f.Frequency.PerDay = 1
	f.Sent = []time.Time{now.Add(-20 * time.Hour)} // free again at 24:00, closed then
	d := optout.Decide(f, now)
	assert.Equal(t, "frequency", d.Reason)
	assert.Equal(t, "2026-07-16T06:00:00Z", d.Until.UTC().Format(time.RFC3339))

	f.Frequency = optout.Frequency{PerMonth: 1}
	d = optout.Decide(f, now)
	assert.Equal(t, "2026-08-01T06:00:00Z", d.Until.UTC().Format(time.RFC3339), "a Saturday")
}

func TestGuardClosesEarly(t *testing.T) {
	t.Parallel()
	f := facts(33612345678, sms.Marketing)
	f.Guard = 2 * time.Minute
	d := optout.Decide(f, at(t, "2026-07-15T19:27:59Z"))
	assert.Equal(t, optout.Allow, d.Verdict)
	assert.Equal(t, "2026-07-15T19:28:00Z", d.Closes.UTC().Format(time.RFC3339))
	assert.Equal(t, d.Closes, d.Permit.Until(), "the Permit ends with the window")
	d = optout.Decide(f, at(t, "2026-07-15T19:28:00Z"))
	assert.Equal(t, optout.Hold, d.Verdict)
	assert.Equal(t, "2026-07-16T06:00:00Z", d.Until.UTC().Format(time.RFC3339))
	f.Guard = 20 * time.Hour
	assert.True(t, optout.Decide(f, at(t, "2026-07-15T10:00:00Z")).Until.IsZero(), "no window is that long")
}

func TestPermit(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-07-15T10:00:00Z")
	f := facts(33612345678, sms.Reply)
	f.LastMO = now.Add(-14*time.Minute - 55*time.Second)
	p := optout.Decide(f, now).Permit
	assert.Equal(t, now.Add(5*time.Second), p.Until(), "ends with the reply window")
	assert.True(t, p.Allows(7, now.Add(4*time.Second)))
	assert.False(t, p.Allows(7, now.Add(5*time.Second)))
	assert.False(t, p.Allows(8, now))
	f.LastMO = now
	assert.Equal(t, now.Add(optout.PermitLife), optout.Decide(f, now).Permit.Until())
	f.Expires = now.Add(time.Second)
	assert.Equal(t, f.Expires, optout.Decide(f, now).Permit.Until())
	assert.False(t, optout.Permit{}.Allows(0, now))
	f.ID = 0
	assert.False(t, optout.Decide(f, now).Permit.Allows(0, now), "explain gets no Permit")
}

func TestDecideOfAnswersDoesNotAllocate(t *testing.T) {
	now := time.Now()
	f := facts(33612345678, sms.Reply)
	f.LastMO, f.Answers, f.Expires = now, true, now.Add(time.Hour)
	for _, class := range []sms.Class{sms.Reply, sms.Compliance, sms.Transactional} {
		f.Class = class
		assert.Zero(t, testing.AllocsPerRun(100, func() { optout.Decide(f, now) }), class)
	}
}

func BenchmarkDecide(b *testing.B) {
	now := at(b, "2026-07-15T10:00:00Z")
	for _, class := range []sms.Class{sms.Reply, sms.Compliance, sms.Marketing} {
		b.Run(class.String(), func(b *testing.B) {
			f := facts(33612345678, class)
			f.LastMO, f.Answers = now, true
			b.ReportAllocs()
			for b.Loop() {
				_ = optout.Decide(f, now)
			}
		})
	}
}
