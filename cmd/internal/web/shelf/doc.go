// Package shelf keeps a zone's publications open while pages are made from them.
//
// Words: a reading is one publication, open, with what was made from it; the
// shelf holds the newest reading and the one that is shown, whose pages are made;
// a reading is closed when it is neither and nobody reads it any more.
package shelf
