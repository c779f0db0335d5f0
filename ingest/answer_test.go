package ingest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"taizhang/ingest/receipt"
)

// receipts lists what lies in a unit's outbox and in the folder of its older receipts, without the common beginning.
func (o *office) receipts(unit string) (now, before string) {
	o.t.Helper()
	sub, _ := o.in.Zone.Match(unit)
	names := func(dir string) string {
		entries, err := os.ReadDir(dir)
		if err != nil && !os.IsNotExist(err) {
			o.t.Fatal(err)
		}
		var out []string
		for _, e := range entries {
			if !e.IsDir() {
				out = append(out, strings.TrimSuffix(strings.TrimPrefix(e.Name(), "回执_"), ".xlsx"))
			}
		}
		return strings.Join(out, " ")
	}
	dir := o.in.Zone.OutboxOf(sub)
	return names(dir), names(filepath.Join(dir, receipt.OldFolder))
}

// TestOlderReceiptsMakeRoom: a unit's folder holds what is true now; a receipt that a newer one for the same form and
// period takes the place of goes into the folder for older ones, and none is lost.
func TestOlderReceiptsMakeRoom(t *testing.T) {
	const head = "招聘活动台账（2022年%s月）\n活动名称,日期,参会企业数,提供岗位数,求职人次,达成意向数\n"
	sheet := func(month, rest string) []byte {
		return []byte(strings.Replace(head, "%s", month, 1) + rest)
	}
	o := newOffice(t)
	want := func(what, now, before string) {
		t.Helper()
		if gotNow, gotBefore := o.receipts("人社局"); gotNow != now || gotBefore != before {
			t.Fatalf("%s:\n%s | %s\nwant\n%s | %s", what, gotNow, gotBefore, now, before)
		}
	}
	june := sheet("6", "夏季招聘会,2022-06-05,20,200,50,40\n")
	o.take("人社局", "招聘.csv", june, "2022-07-05 09:00")
	o.take("人社局", "招聘.csv", sheet("7", "夏季招聘会,2022-07-05,20,200,50,40\n"), "2022-08-05 09:00")
	want("another month", "招聘_已接收_000001-1 招聘_已接收_000002-1", "")
	o.take("人社局", "招聘.csv", june, "2022-08-05 10:00")
	want("a duplicate", "招聘_已接收_000001-1 招聘_已接收_000002-1 招聘_重复报送_000003-1", "")
	o.take("人社局", "招聘更正.csv", sheet("6", "夏季招聘会,2022-06-05,20,200,50,41\n"), "2022-08-05 11:00")
	want("a correction", "招聘_已接收_000002-1 招聘更正_已接收_000004-1", "招聘_已接收_000001-1 招聘_重复报送_000003-1")
	// What no form fits is answered anew by a file of the same name only.
	o.take("人社局", "认不出.csv", []byte("一,二,三\n1,2,3\n"), "2022-08-05 12:00")
	o.take("人社局", "也认不出.csv", []byte("四,五,六\n1,2,3\n"), "2022-08-05 13:00")
	o.take("人社局", "认不出.csv", sheet("5", "夏季招聘会,2022-05-05,20,200,50,40\n"), "2022-08-05 14:00")
	want("recognised at last", "也认不出_退回_000006-1 招聘_已接收_000002-1 招聘更正_已接收_000004-1 认不出_已接收_000007-1",
		"招聘_已接收_000001-1 招聘_重复报送_000003-1 认不出_退回_000005-1")
}

// TestExplainedFromOlderReceipt: an explanation counts from whatever receipt of the file it was written on.
func TestExplainedFromOlderReceipt(t *testing.T) {
	o := newOffice(t)
	sheet := func(rest string) []byte {
		return []byte("招聘活动台账（2022年6月）\n活动名称,日期,参会企业数,提供岗位数,求职人次,达成意向数\n" + rest)
	}
	_, older := o.take("人社局", "a.csv", sheet("夏季招聘会,2022-06-05,20,200,50,60\n"), "2022-07-05 09:00")
	o.take("人社局", "b.csv", sheet("夏季招聘会,2022-06-05,21,200,50,60\n"), "2022-07-05 10:00")
	again, _ := o.take("人社局", "c.xlsx", explain(t, older, "intentions_over_seekers", "含网上投递"), "2022-07-05 11:00")
	if len(again.Explained) != 1 || rules(again) != "" {
		t.Errorf("written on an older receipt: %s, %+v", rules(again), again.Explained)
	}
}
