package metric

import (
	"fmt"
	"strings"

	"taizhang/internal/warehouse"
)

// Covered is the statement that counts what figures wait for, and what was left out of the returns that count: form, submitter
// (its name), the bucket (” without a grain), returns expected and received, rows refused, values emptied, the point (null
// where it isn't timed), zone; of one key there may be two rows, to be added. Of ledger forms the newest due period of everyone
// still obliged at each point is waited for, of period forms every due period that lies in the window or, with a grain, the bucket.
// obligations and counted are what to read ObligationTable and CountedTable from.
func Covered(obligations, counted string, forms []string, g *Grain, timed bool) string {
	bucket, join, expected, window := "''", "", "is_expected", " and (mode = 'ledger' or period_end >= from_on)"
	if g != nil {
		bucket, join, expected, window = "b.label", g.Join(), "is_due and not is_waived", ""
	}
	moment := "null, null"
	if timed {
		moment = "as_of, known_at"
	}
	quoted := make([]string, len(forms))
	for i, f := range forms {
		quoted[i] = warehouse.Quote(f)
	}
	ofForms := "form in (" + strings.Join(quoted, ", ") + ")"
	return fmt.Sprintf(`select form, submitter, %[1]s, count(*), count(*) filter (where is_received), 0, 0, %[8]s, zone from %[2]s%[3]s where %[4]s and %[5]s group by 1, 2, 3, 8, 9, 10
		union all select form, coalesce(s.name, c.submitter), %[1]s, 0, 0,
		cast(coalesce(sum(rows_refused), 0) as bigint), cast(coalesce(sum(values_emptied), 0) as bigint), %[8]s, c.zone
		from %[6]s as c left join core.dim_submitter as s on s.zone = c.zone and s.code = c.submitter%[3]s where %[4]s%[7]s and (rows_refused > 0 or values_emptied > 0) group by 1, 2, 3, 8, 9, 10`,
		bucket, obligations, join, ofForms, expected, counted, window, moment)
}

// WeekTable is the table of a fact's history, see transform/mart. CoverTable is that of what its ledgers waited for at the end of
// each week, as known at the publication.
func WeekTable(f *Fact) string { return "built." + warehouse.Ident(WeekPrefix+f.ID) }

// WeekPrefix begins the names of the tables of history.
const WeekPrefix = "week_"

// CoverTable has rows of zone, form, submitter (name), as_of, expected, received, rows_refused, values_emptied.
const CoverTable = "built.cover_week"
