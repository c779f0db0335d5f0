package metric

import (
	"fmt"
	"strings"

	"taizhang/internal/warehouse"
)

// folded ends the names of columns that hold what names are counted by; the column without it holds them as written.
const folded = "_folded"

// Spelled is the column that holds the values of a dimension as they were written, where they are grouped by what they are
// counted by: one firm in two spellings is one group.
func (f *Fact) Spelled(dimension string) (column string, is bool) {
	return strings.CutSuffix(f.Dimensions[dimension], folded)
}

// SpelledFacts are the facts that group a dimension by folded names.
func (c *Catalogue) SpelledFacts(dimension string) []*Fact {
	var out []*Fact
	for _, f := range c.Facts {
		if _, is := f.Spelled(dimension); is {
			out = append(out, f)
		}
	}
	return out
}

// Spellings is the statement that says how names are shown: zone, key (what they are counted by) and shown, the spelling that
// most rows of the facts have, of two the one that came last. Names that are shown as they are counted by are left out. Apart,
// each zone has its own spellings, else the zone is null.
func Spellings(facts []*Fact, dimension string, apart bool, name func(table string) string) string {
	zone := "cast(null as varchar) as zone"
	if apart {
		zone = "zone"
	}
	var parts []string
	for _, f := range facts {
		if column, is := f.Spelled(dimension); is {
			parts = append(parts, fmt.Sprintf("select %[4]s, cast(%[1]s as varchar) as key, cast(%[2]s as varchar) as shown, return_id from %[3]s as f where %[1]s is not null and %[2]s is not null",
				warehouse.Ident(f.Dimensions[dimension]), warehouse.Ident(column), name(f.Table), zone))
		}
	}
	return `select zone, key, shown from (
	select zone, key, shown, row_number() over (partition by zone, key order by times desc, newest desc, shown) as place
	from (select zone, key, shown, count(*) as times, max(return_id) as newest from (` + strings.Join(parts, "\n\t\tunion all ") + `) as written group by zone, key, shown) as counted
) as ranked where place = 1 and key <> shown`
}
