package admin

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"repartee/sms"
	"repartee/views"
)

// Contact is a person.
type Contact struct {
	MSISDN string `json:"msisdn"`
	ContactDoc
	CreatedAt  time.Time  `json:"created_at"`
	UpdatedAt  time.Time  `json:"updated_at"`
	LastMO     *time.Time `json:"last_mo,omitempty" doc:"when the phone last wrote, on any short code"`
	ShortCodes []string   `json:"short_codes" doc:"that it has to do with"`
}

// ContactDoc is what people know of a person.
type ContactDoc struct {
	FirstName string         `json:"first_name,omitempty" maxLength:"60"`
	LastName  string         `json:"last_name,omitempty" maxLength:"60"`
	Language  string         `json:"language,omitempty" pattern:"^([a-z]{2})?$" doc:"ISO 639-1"`
	Country   string         `json:"country,omitempty" pattern:"^([A-Z]{2})?$" doc:"ISO 3166-1"`
	Region    string         `json:"region,omitempty" maxLength:"60"`
	Postcode  string         `json:"postcode,omitempty" maxLength:"20"`
	TimeZone  string         `json:"time_zone,omitempty" maxLength:"60" example:"Europe/Paris"`
	Tags      []string       `json:"tags,omitempty" maxItems:"50"`
	Fields    map[string]any `json:"fields,omitempty" doc:"the fields that flows keep"`
}

func contact(ctx context.Context, c *views.Contact) Contact {
	out := Contact{
		MSISDN:     shown(ctx, c.Phone),
		ContactDoc: ContactDoc{c.FirstName, c.LastName, c.Language, c.Country, c.Region, c.Postcode, c.TimeZone, c.Tags, c.Fields},
		CreatedAt:  c.CreatedAt.UTC(), UpdatedAt: c.UpdatedAt.UTC(), LastMO: c.LastMO, ShortCodes: []string{},
	}
	for _, code := range c.Codes {
		out.ShortCodes = append(out.ShortCodes, code.String())
	}
	return out
}

type contactsInput struct {
	Page
	Search string `query:"search" maxLength:"60" doc:"first digits of a phone, or how a name begins"`
	Tag    string `query:"tag" maxLength:"40"`
}

// listContacts lists people by their phones. They belong to no program.
func (s *Server) listContacts(ctx context.Context, in *contactsInput) (*answer[list[Contact]], error) {
	if err := whole(ctx); err != nil {
		return nil, err
	}
	after, err := in.after()
	if err != nil {
		return nil, err
	}
	found, err := s.Lists.Contacts(ctx, views.ContactFilter{Search: strings.TrimSpace(in.Search), Tag: in.Tag, After: sms.MSISDN(after), Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	out := list[Contact]{Items: []Contact{}}
	for i := range found[:min(len(found), in.Limit)] {
		out.Items = append(out.Items, contact(ctx, &found[i]))
	}
	if len(found) > in.Limit {
		out.Next = found[in.Limit-1].Phone.String()
	}
	return &answer[list[Contact]]{out}, nil
}

type contactAnswer struct {
	ETag string `header:"ETag"`
	Body Contact
}

// stamp is the ETag of a contact: when it was changed last.
func stamp(at time.Time) string { return `"` + strconv.FormatInt(at.UnixMicro(), 10) + `"` }

func (s *Server) showContact(ctx context.Context, in *PhonePath) (*contactAnswer, error) {
	if err := whole(ctx); err != nil {
		return nil, err
	}
	phone, err := in.phone()
	if err != nil {
		return nil, err
	}
	c, err := s.Lists.Contact(ctx, phone)
	if err != nil {
		return nil, err
	}
	return &contactAnswer{stamp(c.UpdatedAt), contact(ctx, &c)}, nil
}

type contactInput struct {
	PhonePath
	IfMatch     string `header:"If-Match" doc:"the ETag of what is changed"`
	IfNoneMatch string `header:"If-None-Match" enum:"*" doc:"*: the contact must be new"`
	Body        ContactDoc
}

func (s *Server) saveContact(ctx context.Context, in *contactInput) (*contactAnswer, error) {
	if err := whole(ctx); err != nil {
		return nil, err
	}
	phone, err := in.phone()
	if err != nil {
		return nil, err
	}
	var over time.Time
	if in.IfMatch != "" {
		micros, err := strconv.ParseInt(strings.Trim(in.IfMatch, `"`), 10, 64)
		if err != nil {
			return nil, invalid("header.If-Match", "this is no ETag of a contact: take it from GET")
		}
		over = time.UnixMicro(micros)
	} else if in.IfNoneMatch == "" {
		return nil, huma.NewError(http.StatusPreconditionRequired, "say what the change was made to: send the ETag of GET as If-Match, or If-None-Match: * for somebody new")
	}
	d := &in.Body
	c := views.Contact{
		Phone: phone, FirstName: d.FirstName, LastName: d.LastName, Language: d.Language, Country: d.Country, Region: d.Region, Postcode: d.Postcode,
		TimeZone: d.TimeZone, Tags: d.Tags, Fields: d.Fields,
	}
	if err := soundContact(&c); err != nil {
		return nil, err
	}
	if err := s.soundFields(ctx, &c); err != nil {
		return nil, err
	}
	if _, err := s.Consents.Save(ctx, c, over); errors.Is(err, views.ErrChanged) {
		return nil, huma.Error412PreconditionFailed("somebody else has changed " + phone.Masked() + " meanwhile: load it again, and make your change there")
	} else if err != nil {
		return nil, err
	}
	saved, err := s.Lists.Contact(ctx, phone)
	if err != nil {
		return nil, err
	}
	return &contactAnswer{stamp(saved.UpdatedAt), contact(ctx, &saved)}, s.record(ctx, "changed", "phone "+phone.Masked(), "", nil, nil)
}

// soundContact refuses what the gateway could not work with.
func soundContact(c *views.Contact) error {
	if _, err := time.LoadLocation(c.TimeZone); err != nil || c.TimeZone == "Local" { // that of the server would be taken
		return invalid("body.time_zone", c.TimeZone+" is no time zone: write one such as Europe/Paris")
	}
	slices.Sort(c.Tags)
	c.Tags = some(slices.Compact(c.Tags))
	if c.Fields == nil {
		c.Fields = map[string]any{}
	}
	return nil
}

// soundFields refuses fields that flows could not read: those that are not
// declared, and those of another type. What stays as it was is not looked at.
func (s *Server) soundFields(ctx context.Context, c *views.Contact) error {
	before, err := s.Lists.Contact(ctx, c.Phone)
	var missing *views.NotFoundError
	if err != nil && !errors.As(err, &missing) {
		return err
	}
	shop, err := s.Config.CurrentShop(ctx)
	if err != nil {
		return err
	}
	types := map[string]string{}
	for _, f := range shop.Fields {
		types[f.Name] = f.Type
	}
	for name, v := range c.Fields {
		if v == nil {
			delete(c.Fields, name)
			continue
		}
		if reflect.DeepEqual(v, before.Fields[name]) {
			continue
		}
		if problem := soundField(types[name], v); problem != "" {
			return invalid("body.fields."+name, problem)
		}
	}
	return nil
}

// soundField says what is wrong with the value of a field of that type.
func soundField(kind string, v any) string {
	_, text := v.(string)
	_, number := v.(float64)
	_, flag := v.(bool)
	switch kind {
	case "":
		return "there is no contact field of this name: declare it under contact_fields"
	case "text":
		if !text {
			return "this field is a text"
		}
	case "number":
		if !number {
			return "this field is a number"
		}
	case "flag":
		if !flag {
			return "this field is true or false"
		}
	default:
		return "only flows set fields of type " + kind
	}
	return ""
}

// Suppression is an entry of the suppression list.
type Suppression struct {
	MSISDN string     `json:"msisdn,omitempty" doc:"absent: only its hash is kept"`
	Scope  string     `json:"scope" enum:"program,code,everywhere,marketing,unreachable,invalid"`
	Of     string     `json:"of,omitempty" doc:"the short code or program"`
	Since  time.Time  `json:"since"`
	Until  *time.Time `json:"until,omitempty" doc:"the end of a pause"`
	Reason string     `json:"reason"`
}

type suppressionsInput struct {
	Cursor string `query:"cursor" doc:"where the last page said that the next begins"`
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"200"`
	Scope  string `query:"scope" enum:"program,code,everywhere,marketing,unreachable,invalid"`
}

// listSuppressions lists who must not be written to, the newest entry first.
func (s *Server) listSuppressions(ctx context.Context, in *suppressionsInput) (*answer[list[Suppression]], error) {
	if err := whole(ctx); err != nil {
		return nil, err
	}
	after, err := suppressedAfter(in.Cursor)
	if err != nil {
		return nil, err
	}
	found, err := s.Lists.Suppressed(ctx, in.Scope, after, in.Limit)
	if err != nil {
		return nil, err
	}
	out := list[Suppression]{Items: []Suppression{}}
	for _, x := range found[:min(len(found), in.Limit)] {
		e := Suppression{Scope: x.Scope, Of: s.scopeName(x.Scope, x.ScopeID), Since: x.Since.UTC(), Until: x.Until, Reason: x.Reason}
		if x.Phone != 0 {
			e.MSISDN = shown(ctx, x.Phone)
		}
		out.Items = append(out.Items, e)
	}
	if len(found) > in.Limit {
		out.Next = suppressedCursor(&found[in.Limit-1])
	}
	return &answer[list[Suppression]]{out}, nil
}

// scopeName names what an entry is for.
func (s *Server) scopeName(scope string, id int32) string {
	switch {
	case id == 0:
		return ""
	case scope == "program":
		if p := s.Snapshot().Programs[id]; p != nil {
			return p.Name
		}
	}
	return strconv.Itoa(int(id))
}

func suppressedCursor(x *views.Suppressed) string {
	doc, _ := json.Marshal(views.SuppressedAfter{Since: x.Since, Hash: x.Hash, Scope: x.Scope, ScopeID: x.ScopeID}) // it has nothing that fails
	return base64.RawURLEncoding.EncodeToString(doc)
}

func suppressedAfter(cursor string) (*views.SuppressedAfter, error) {
	if cursor == "" {
		return nil, nil
	}
	doc, err := base64.RawURLEncoding.DecodeString(cursor)
	after := &views.SuppressedAfter{}
	if err == nil {
		err = json.Unmarshal(doc, after)
	}
	if err != nil {
		return nil, invalid("query.cursor", "this is no cursor: take it from `next` of the page before")
	}
	return after, nil
}
