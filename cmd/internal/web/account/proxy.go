package account

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
)

// Proxy says which reverse proxies tell who asks, in which header. Whoever else sends that header is not believed.
type Proxy struct {
	Header string         // such as X-Remote-User; "" for no proxy
	From   []netip.Prefix // addresses of the proxies
}

// ParseProxies reads addresses and networks.
func ParseProxies(list []string) (out []netip.Prefix, bad string) {
	for _, text := range list {
		if a, err := netip.ParseAddr(text); err == nil {
			out = append(out, netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()))
		} else if p, err := netip.ParsePrefix(text); err == nil {
			out = append(out, p.Masked())
		} else {
			return nil, text
		}
	}
	return out, ""
}

// Named is whom a proxy says to be asking; "" where none says so. A header that stands there twice says nothing: one of
// them came from outside.
func (p Proxy) Named(r *http.Request) string {
	if p.Header == "" {
		return ""
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	from, err := netip.ParseAddr(host)
	if err != nil || !slices.ContainsFunc(p.From, func(n netip.Prefix) bool { return n.Contains(from.Unmap()) }) {
		return ""
	}
	if values := r.Header.Values(p.Header); len(values) == 1 {
		return values[0]
	}
	return ""
}
