package read

import (
	"regexp"
	"sync"

	"taizhang/ingest/finding"
	"taizhang/ingest/layout"
	"taizhang/internal/calendar"
	"taizhang/internal/spelling"
)

// SaidNew is how many rows a ledger says are new in its period (本周新增3件). Only the ledger before tells which are.
type SaidNew struct {
	Text  string
	Rows  int
	Word  string
	Dated int // rows that were assigned within the period; -1 where the form doesn't say when
	At    finding.Place
}

var ofAMonth = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[本当]月共?新`) })

// sayNew keeps such numbers of a table, unless they are of a longer time than the ledger's.
func (pt *Part) sayNew(tb *layout.Table) {
	for _, said := range tb.RowsSaid {
		if !said.New || pt.Form.Frequency == calendar.Week && ofAMonth().MatchString(spelling.Squash(said.Text)) {
			continue
		}
		pt.New = append(pt.New, SaidNew{said.Text, said.Rows, said.Word, pt.assignedWithin(pt.Ret.Period), said.At})
	}
}

// assignedWithin counts the rows that were assigned within a period.
func (pt *Part) assignedWithin(p calendar.Period) (n int) {
	if pt.assigned < 0 {
		return -1
	}
	first, last := p.Start.String(), p.End().String()
	for _, list := range [][]Record{pt.Records, pt.Refused} {
		for i := range list {
			if v := list[i].Value(pt.assigned); v.Set && v.Text >= first && v.Text <= last {
				n++
			}
		}
	}
	return n
}
