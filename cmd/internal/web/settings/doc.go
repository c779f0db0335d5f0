// Package settings shows what taizhang.yaml says as forms, and writes what they
// say back into it value by value, its comments kept; it also writes the first
// one of a new zone. The file stays the truth: what is wrong with a changed file
// is told by whoever reads it, and put at the fields where it stands.
//
// Words: a part is a section of the page; a form is one thing that may be changed
// at once; the mark of a file tells whether it was changed since it was read.
package settings
