package inbox

import (
	"context"
	"time"

	"repartee/dialogs"
	"repartee/optout"
	"repartee/programs"
	"repartee/sms"
)

// facts is what a step may know.
func (tu *turn) facts() *dialogs.Facts {
	t := tu.t
	contact := t.Contact
	contact.Staff = tu.snap.StaffOf(t.Key.Code, t.Key.Phone)
	return &dialogs.Facts{
		Now: tu.now, Talks: t.Talks, Flow: tu.snap.Flow, Contact: contact, Language: t.Language, Code: t.Key.Code, Fallback: tu.code.Fallback,
		Program: view(tu.code.Program), ProgramOf: func(name string) *dialogs.Program {
			p := tu.snap.Program(name)
			if p == nil {
				return nil
			}
			v := view(p)
			return &v
		},
		NewID: tu.id, Seed: tu.in.Seed, Open: tu.open, PlaceOf: tu.place, Subscribed: tu.subscribed, Tasks: tu.tasks[t.Key],
	}
}

// loadTasks reads the open questions to those phones of the batch that belong
// to staff.
func (b *batch) loadTasks(ctx context.Context, tx Tx) error {
	var threads []sms.Thread
	for key := range b.threads {
		if len(b.snap.StaffOf(key.Code, key.Phone)) > 0 {
			threads = append(threads, key)
		}
	}
	if len(threads) == 0 {
		return nil
	}
	var err error
	b.tasks, err = tx.Tasks(ctx, threads)
	return err
}

// place finds a place by name.
func (tu *turn) place(name string) *dialogs.Place {
	p := tu.snap.Places[name]
	if p == nil {
		return nil
	}
	return &dialogs.Place{Name: p.Name, Title: p.Title, Address: p.Address, Postcode: p.Postcode, Country: p.Country, Hours: p.Hours, Open: p.OpenAt(tu.now)}
}

// subscribed reports whether the phone has the consent that the program needs
// for marketing.
func (tu *turn) subscribed(program string) bool {
	p := tu.snap.Program(program)
	if p == nil || tu.t.Stopped {
		return false
	}
	state := tu.t.Consents[p.ID].State
	return state == "double" || state == "single" && p.Consent != "double"
}

// open says when the gate would let a message of the class pass, by the hours
// alone: timers with `hours: open` wait for that moment.
func (tu *turn) open(class sms.Class, at time.Time) time.Time {
	p := tu.code.Program
	if len(tu.t.Talks) > 0 {
		if own := tu.snap.Program(tu.t.Talks[0].Program); own != nil {
			p = own
		}
	}
	c := tu.t.Contact
	d := optout.Decide(optout.Facts{
		ID: 1, To: tu.t.Key.Phone, Code: tu.t.Key.Code, Class: class, Needs: optout.NeedsNothing, Hours: tu.snap.Hours(p.ID),
		Country: c.Country, Region: tu.t.Region, PostalCode: tu.t.PostalCode, Zone: c.TimeZone,
	}, at)
	if d.Verdict == optout.Hold && !d.Until.IsZero() {
		return d.Until
	}
	return at
}

// view is the part of a program that a conversation can see.
func view(p *programs.Program) dialogs.Program {
	return dialogs.Program{
		Name: p.Name, Brand: p.Brand, Contact: p.Contact, Country: p.Country, Currency: p.Currency, Languages: p.Languages, Zone: p.Zone,
		Postcodes: p.Postcodes, Catalogue: p.Menu,
	}
}
