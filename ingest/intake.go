// Package ingest takes returns in: from a file in the inbox to an original in
// the archive, rows and findings in the raw tables, and a receipt.
//
// Words: an arrival is one file taken out of the inbox; a session takes
// arrivals in, one group after another; a batch is what one group writes; a
// decision is an operator's word about a return; an erasure leaves a person's
// rows out for good.
//
// What happens to a return on its way lies in the packages below: sheet (a
// file as cells), layout (tables), cell (values), read (returns), judge
// (against the past), receipt (the answer); written, secret and units are what
// they share.
package ingest

import (
	"taizhang/ingest/forms"
	"taizhang/ingest/judge"
	"taizhang/ingest/read"
	"taizhang/ingest/secret"
	"taizhang/ingest/sheet"
	"taizhang/internal/zone"
)

// Intake holds the declarations that files are read and judged by.
type Intake struct {
	Zone   *zone.Zone
	Forms  *forms.Set
	Keys   secret.Keys
	Limits sheet.Limits

	read  *read.Reader
	judge *judge.Judge
}

// New prepares intake for a zone.
func New(z *zone.Zone, set *forms.Set, keys secret.Keys, lim sheet.Limits) *Intake {
	return &Intake{Zone: z, Forms: set, Keys: keys, Limits: lim, read: read.New(z, set, keys, lim), judge: &judge.Judge{Zone: z, Forms: set}}
}
