// Package web is the page: what clerks, leaders, analysts and operators see of
// a zone in a browser. It asks queries, checks with ingest and has work done by
// the service that owns the zone, exactly as the commands do; it opens no
// warehouse and knows no SQL of its own.
//
// Words: a route is an address with what one must be allowed to do there; a
// person is who asks, of one role; a view is the typed data that a page's
// template is filled with.
//
// Here are the routes, who is let through to them, what programs read (/api),
// live news, and the page of a folder that is no zone yet. Pages are made in the
// rooms: reading, handing, running, asking, entry; frame is what they share. A
// new page is a handler and its view in one of them, a template in frame/pages, a
// line in routes.go and, where every page leads to it, one in navOf. Tests of
// what a browser or a program gets stay here, beside the one zone that they are
// made on.
//
// Pages are made on the server, work without scripts and refer to nothing
// outside the program: the policy that they are sent with allows no inline
// script or style.
package web
