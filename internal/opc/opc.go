// Package opc reads and writes the ZIP-based packages of office files: the Open
// Packaging Conventions of xlsx, xlsm and docx (ECMA-376 part 2), and the
// packages of ods (ODF 1.3 part 2), which are like them but for relationships.
//
// Words: a package holds parts, each under a name that is compared without
// regard to case, to leading slashes or to backslashes; a relationship leads
// from a part, or from the package itself, to another part; an edit is a
// package of which some parts are changed, the others being copied packed, byte
// for byte.
//
// Every package is held to be hostile: [Limits] bound what unpacking it may
// cost, for every reader alike, and what contradicts them or itself ends in an
// [*Error], at the latest at the end of the part.
package opc

import (
	"fmt"
	"net/url"
	"path"
	"strings"
)

// Limits bound what a package may cost. Zero fields mean the default.
type Limits struct {
	Bytes int64 // all parts, unpacked, as the directory promises; each part is held to its promise
	Ratio int   // unpacked : packed of one part, looked at past ratioFloor
	Parts int   // members of the package
	Depth int   // nesting of elements in a part, for those who read it
}

// ratioFloor lets small parts compress as well as they like: a sheet of blank
// styled rows reaches 300 : 1 and is harmless while it is small.
const ratioFloor = 64 << 20

// DefaultLimits are far above what an office's file needs and far below what hurts one office PC.
func DefaultLimits() Limits { return Limits{Bytes: 2 << 30, Ratio: 400, Parts: 20_000, Depth: 256} }

func (l Limits) filled() Limits {
	d := DefaultLimits()
	if l.Bytes <= 0 {
		l.Bytes = d.Bytes
	}
	if l.Ratio <= 0 {
		l.Ratio = d.Ratio
	}
	if l.Parts <= 0 {
		l.Parts = d.Parts
	}
	if l.Depth <= 0 {
		l.Depth = d.Depth
	}
	return l
}

// Reason says of what kind an error is.
type Reason string

const (
	Damaged   Reason = "damaged"   // cut off, overwritten, or inconsistent with itself
	Bomb      Reason = "bomb"      // made to exhaust memory
	TooLarge  Reason = "too large" // beyond what the caller takes
	Encrypted Reason = "encrypted" // a part under a ZIP password
)

// Error says why a package or a part can't be read.
type Error struct {
	Reason Reason
	Err    error
}

func (e *Error) Error() string { return e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

func fail(reason Reason, format string, args ...any) *Error {
	return &Error{reason, fmt.Errorf(format, args...)}
}

// PartName is the form of a part's name in which names are compared
// (ECMA-376-2 6.2.2: without regard to case); some writers use backslashes, a
// leading slash, or another case than their relationships.
func PartName(s string) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c == '\\' || c >= 'A' && c <= 'Z' || c >= 0x80 || c == '/' && i == 0 {
			return strings.ToLower(written(s))
		}
	}
	return s
}

// written is a name as it may stand in a package: with slashes, none at its beginning.
func written(s string) string { return strings.TrimLeft(strings.ReplaceAll(s, `\`, "/"), "/") }

// RelsName is the part that holds the relationships of a part, or of the package where that is "" (ECMA-376-2 6.5.2.1).
func RelsName(part string) string {
	if part == "" {
		return "_rels/.rels"
	}
	return path.Join(path.Dir(part), "_rels", path.Base(part)+".rels")
}

// RelType is what follows the last slash of a relationship's type, which is the
// same in transitional and strict files, and in those of other makers.
func RelType(typ string) string { return typ[strings.LastIndexByte(typ, '/')+1:] }

// Resolve gives the part that the target of a relationship of part leads to
// (ECMA-376-2 6.5.3.4). A target whose name isn't there as it stands but is with
// its percent signs decoded leads to that one. Where nothing is there it still
// gives the name that was meant. External targets are the caller's to leave alone.
func (p *Package) Resolve(part, target string) string { return resolve(part, target, p.Has) }

// Resolve is [Package.Resolve] with the changes so far.
func (e *Edit) Resolve(part, target string) string { return resolve(part, target, e.Has) }

func resolve(part, target string, has func(string) bool) string {
	target = strings.ReplaceAll(target, `\`, "/")
	if !strings.HasPrefix(target, "/") {
		target = path.Join("/", path.Dir(part), target) // dots beyond the root lead to the root (RFC 3986 5.2.4)
	}
	target = strings.TrimLeft(path.Clean(target), "/")
	if !has(target) {
		if u, err := url.PathUnescape(target); err == nil && has(u) {
			return u
		}
	}
	return target
}
