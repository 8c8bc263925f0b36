package endpoints

import (
	"net/netip"
	"slices"
)

// unicast6 is all of IPv6 that is given out to the world (RFC 4291, 2.4). What
// is outside of it is local, or an IPv4 address in another dress.
var unicast6 = netip.MustParsePrefix("2000::/3")

// special are addresses that look public and lead elsewhere (RFC 6890): to the
// network of a carrier or a provider, into IPv4 by a tunnel, or nowhere.
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("2001::/32"),
	netip.MustParsePrefix("2002::/16"),
}

// Public reports whether the world can reach an address.
func Public(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	return a.IsGlobalUnicast() && !a.IsPrivate() && (a.Is4() || unicast6.Contains(a)) && !slices.ContainsFunc(special, func(p netip.Prefix) bool { return p.Contains(a) })
}
