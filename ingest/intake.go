// Package ingest takes returns in: a file becomes typed rows, findings and an
// outcome for each form it carries, and ends up in the raw tables.
//
// Words: a file is what somebody dropped; a part is what it carries for one
// form and becomes one return; a line is one row of data as written; a record
// is a line with typed values; a fault is what is wrong with a cell; the
// history is what was received before, against which a return is judged.
//
// Reading a file (read) needs nothing but the declarations and can run in
// parallel; judging it (judge) needs the history and goes in order of arrival.
package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/internal/zone"
)

// Intake holds the declarations that files are read and judged by.
type Intake struct {
	Zone   *zone.Zone
	Forms  *forms.Set
	Keys   Keys
	Limits sheet.Limits

	guard   guard
	ctx     context.Context // of the file being read: see readGuarded
	vocab   *vocabulary
	units   *memo[matchedUnit] // submitters by the texts that name them
	longest int                // bytes of the longest text that can be a submitter's name
}

// New prepares intake for a zone.
func New(z *zone.Zone, set *forms.Set, keys Keys, lim sheet.Limits) *Intake {
	in := &Intake{Zone: z, Forms: set, Keys: keys, Limits: lim, guard: newGuard(), vocab: newVocabulary(set), units: &memo[matchedUnit]{}}
	for _, s := range z.Submitters {
		for _, name := range append([]string{s.Name, s.Code}, s.Aliases...) {
			in.longest = max(in.longest, 2*len(name)+len(z.Name)+48) // with the zone's name before it, and spaces
		}
	}
	return in
}

// matchedUnit is what zone.Match gives.
type matchedUnit struct {
	name string
	ok   bool
}

// submitter gives the name of the submitter that a text names.
func (in *Intake) submitter(text string) (string, bool) {
	m := in.units.get(text, func(text string) matchedUnit {
		s, ok := in.Zone.Match(text)
		return matchedUnit{s.Name, ok}
	})
	return m.name, m.ok
}

func sha256hex(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}
