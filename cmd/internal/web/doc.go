// Package web is the page: what clerks, leaders, analysts and operators see of
// a zone in a browser. It asks queries, checks with ingest and has work done by
// the service that owns the zone, exactly as the commands do; it opens no
// warehouse and knows no SQL of its own.
//
// Words: a route is an address with what one must be allowed to do there; a
// person is who asks, of one role; a view is the typed data that a page's
// template is filled with; the point of a page is the as-of date and known-at
// time in its address; a draft is a file that somebody uploaded and has not
// handed in.
//
// Pages are made on the server, work without scripts and refer to nothing
// outside the program: the policy that they are sent with allows no inline
// script or style.
package web
