package dialogs

// placeVars is `place`: where the keyword was read, nil for nowhere.
func (t *turn) placeVars(c *conv) any {
	if c.Place == "" {
		return nil
	}
	v := map[string]any{"name": c.Place, "title": c.Place, "open": false}
	if t.f.PlaceOf == nil {
		return v
	}
	p := t.f.PlaceOf(c.Place)
	if p == nil {
		return v
	}
	v["open"] = p.Open
	for k, s := range map[string]string{"title": p.Title, "address": p.Address, "postcode": p.Postcode, "country": p.Country, "hours": p.Hours} {
		if s != "" {
			v[k] = s
		}
	}
	return v
}
