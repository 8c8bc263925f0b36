package keywords

import "repartee/sms"

// Has reports whether a short code has any keyword.
func (r *Router) Has(code sms.ShortCode) bool { return r.codes[code] != nil }
