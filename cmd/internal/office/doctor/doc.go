// Package doctor looks a zone over: everything that can be told of it from outside of figures.
//
// Words: a check is one thing that is looked at; a finding says how it stands, where, and which command mends it; mending
// changes only what is safe to change.
//
// A new check is a method of doctor, a line in Examine, and one finding for each state that it may see.
package doctor
