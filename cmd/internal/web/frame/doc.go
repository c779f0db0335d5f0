// Package frame is what all pages share: how they look around their own content, what they answer to a fault, which
// publication and point they read, what they may send and who looks at what.
//
// Words: a layout is what stands around a page's own content, the body, a view; a fault is what is answered instead of what
// was asked for; a mistake is what is wrong with what somebody typed; the point is the as-of date and known-at time in an
// address; the audit is who saw, sent and decided what.
//
// Templates lie in pages, scripts and styles in assets: all of them, also of pages that other rooms fill. What one room
// alone needs belongs there.
package frame
