// Package decl reads declarations: the YAML files that people write to say
// what a zone, a form, a metric or the weekly workbook is. It is the only
// reader of YAML, and stricter than YAML.
//
// Words: a file is one declaration, read whole; a node is a value in it that
// knows its place and the name it goes by in messages; a fault is one thing
// wrong, with file, line and column and a sentence in both languages. A node
// records its faults in its file, so that all of a file are told together.
// A broken node stands where the text could not be read: the fault is told
// already, and whoever reads the node says nothing more about it.
//
// Refused everywhere: unknown keys (with the nearest known one), keys that
// stand twice, values of the wrong kind, tags, keys that are no words, a second
// document, anchors that contain themselves or unfold to more than MaxNodes
// values, nesting past MaxDepth, files past MaxBytes, other encodings than UTF-8.
package decl
