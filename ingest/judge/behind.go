package judge

import (
	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/read"
	"taizhang/ingest/written"
)

// tellBehind asks about a ledger that corrects a period's return while the one that is over since and due has not come: most
// often last week's file, brought up to date, whose 截至 was left. Where its rows say so, the period is contradicted already; who
// hands in again what came late itself corrects it.
func (jd *Judge) tellBehind(h *History, pt *read.Part, held *prior) {
	r, s := pt.Ret, pt.Stated
	if held == nil || s == nil || r.Nil || pt.Form.Mode != forms.Ledger || pt.Disagrees != nil {
		return
	}
	day := jd.Zone.DateOf(r.ReceivedAt)
	due := jd.Zone.PeriodFor(r.Submitter, r.Form, pt.Form.Frequency, day)
	if _, owed := jd.Zone.DueAt(r.Submitter, r.Form, due); !owed || due.Start <= r.Period.Start || due.End() >= day || jd.Zone.DateOf(held.ReceivedAt) > due.End() || h.Newest(r.Submitter, r.Form, due.String(), true) != nil {
		return
	}
	pt.Add(finding.PeriodBehind(written.PeriodLabel(r.Period), written.PeriodLabel(due), s.Become(due)).
		At(finding.Place{Sheet: s.At.Sheet, Cell: s.At.Ref, Value: written.Short(s.At.Text, 30)}))
}
