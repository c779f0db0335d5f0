package ingest

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"taizhang/ingest/receipt"
	"taizhang/internal/archive"
)

// decide makes an operator's decision at a time.
func (o *office) decide(at string, e archive.Event) {
	o.t.Helper()
	s, err := o.start(context.Background())
	if err != nil {
		o.t.Fatal(err)
	}
	e.Event, e.Seq, e.Reason, e.By = archive.Decide, o.a.NextDecision(), "试验", "值班员"
	if e.At, err = time.ParseInLocation("2006-01-02 15:04", at, o.in.Zone.Location); err != nil {
		o.t.Fatal(err)
	}
	for _, err := range []error{o.a.Append(e), s.AnswerDecision(context.Background(), e), s.Decide(context.Background(), e)} {
		if err != nil {
			o.t.Fatal(err)
		}
	}
}

// said is the text of a receipt in a unit's outbox.
func (o *office) said(unit, name string) string {
	o.t.Helper()
	sub, _ := o.in.Zone.Match(unit)
	content, err := os.ReadFile(filepath.Join(o.in.Zone.OutboxOf(sub), "回执_"+name+".xlsx"))
	if err != nil {
		o.t.Fatal(err)
	}
	return receiptText(o.t, content)
}

func receiptText(t *testing.T, content []byte) string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(receipt.SheetName)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, r := range rows {
		b.WriteString(strings.Join(r, "|") + "\n")
	}
	return b.String()
}

func fairs(month, rest string) []byte {
	return []byte("招聘活动台账（2022年" + month + "月）\n活动名称,日期,参会企业数,提供岗位数,求职人次,达成意向数\n" + rest)
}

// TestWhoHasHandedInIsNotAsked: waiving a period that was handed in says so, and taking that back doesn't ask for the
// return once more; who has handed in nothing is asked.
func TestWhoHasHandedInIsNotAsked(t *testing.T) {
	o := newOffice(t)
	o.take("人社局", "招聘.csv", fairs("6", "夏季招聘会,2022-06-05,20,200,50,40\n"), "2022-07-05 09:00")
	june := archive.Event{Submitter: "rsj", Form: "job_fair", Period: "2022-06"}
	decide := func(kind archive.Decision, e archive.Event, at string) {
		e.Kind = kind
		o.decide(at, e)
	}
	decide(archive.Waive, june, "2022-07-06 09:00")
	if text := o.said("人社局", "招聘活动台账_已免报_2022-06"); !strings.Contains(text, "此前已报送的 000001-1 照常计入") {
		t.Errorf("waived:\n%s", text)
	}
	decide(archive.Undo, june, "2022-07-20 09:00")
	text := o.said("人社局", "招聘活动台账_已撤销免报_2022-06")
	if !strings.Contains(text, "已经报送（000001-1），不必再报") || strings.Contains(text, "仍须报送") || strings.Contains(text, "尽快") {
		t.Errorf("taken back:\n%s", text)
	}
	july := june
	july.Period = "2022-07"
	decide(archive.Waive, july, "2022-08-20 09:00")
	decide(archive.Undo, july, "2022-08-20 10:00")
	if text := o.said("人社局", "招聘活动台账_已撤销免报_2022-07"); !strings.Contains(text, "仍须报送") || !strings.Contains(text, "请尽快报送") {
		t.Errorf("nothing was handed in:\n%s", text)
	}
	now, before := o.receipts("人社局")
	if now != "招聘_已接收_000001-1 招聘活动台账_已撤销免报_2022-06 招聘活动台账_已撤销免报_2022-07" || before != "招聘活动台账_已免报_2022-06 招聘活动台账_已免报_2022-07" {
		t.Errorf("receipts: %s | %s", now, before)
	}
}

// TestUndoneClearMakesRoom: the receipt of a clear that was taken back doesn't lie beside that of the undoing.
func TestUndoneClearMakesRoom(t *testing.T) {
	o := newOffice(t)
	ledger := archive.Event{Submitter: "qsj", Form: "problem", Effective: "2022-08-15"}
	for i, kind := range []archive.Decision{archive.Clear, archive.Undo, archive.Clear} {
		e := ledger
		e.Kind = kind
		if i == 2 {
			e.Effective = "2022-08-16"
		}
		o.decide([]string{"2022-08-15 09:00", "2022-08-15 10:00", "2022-08-16 09:00"}[i], e)
	}
	if now, before := o.receipts("青山街道"); now != "问题台账_已清零_2022-08-16" || before != "问题台账_已撤销清零_2022-08-15 问题台账_已清零_2022-08-15" {
		t.Errorf("receipts: %s | %s", now, before)
	}
}

// TestWithdrawnCorrection: where a correction is withdrawn, its receipt doesn't say that it replaces the return that counts
// again, and that return's receipt is there again.
func TestWithdrawnCorrection(t *testing.T) {
	o := newOffice(t)
	o.take("人社局", "招聘.csv", fairs("6", "夏季招聘会,2022-06-05,20,200,50,40\n"), "2022-07-05 09:00")
	o.take("人社局", "招聘更正.csv", fairs("6", "夏季招聘会,2022-06-05,20,200,50,41\n"), "2022-07-05 10:00")
	if now, before := o.receipts("人社局"); now != "招聘更正_已接收_000002-1" || before != "招聘_已接收_000001-1" {
		t.Fatalf("receipts: %s | %s", now, before)
	}
	o.decide("2022-07-05 11:00", archive.Event{Kind: archive.Withdraw, Return: "000002-1"})
	text := o.said("人社局", "招聘更正_已作废_000002-1")
	if !strings.Contains(text, "000001-1 恢复计入") || strings.Contains(text, "取代原报表") {
		t.Errorf("withdrawn:\n%s", text)
	}
	if now, _ := o.receipts("人社局"); now != "招聘_已接收_000001-1 招聘更正_已作废_000002-1" {
		t.Errorf("receipts: %s", now)
	}
	if text := o.said("人社局", "招聘_已接收_000001-1"); !strings.Contains(text, "全部计入：1 行") {
		t.Errorf("counts again:\n%s", text)
	}
	o.decide("2022-07-05 12:00", archive.Event{Kind: archive.Undo, Return: "000002-1"})
	if now, _ := o.receipts("人社局"); now != "招聘更正_已接收_000002-1" {
		t.Errorf("the withdrawal taken back: %s", now)
	}
	if text := o.said("人社局", "招聘更正_已接收_000002-1"); !strings.Contains(text, "本表取代原报表 000001-1") {
		t.Errorf("the withdrawal taken back:\n%s", text)
	}
}

// TestEndedUnitIsNotAsked: nothing of a unit that reports no more counts, so that it isn't asked to mend its return.
func TestEndedUnitIsNotAsked(t *testing.T) {
	o := newOffice(t)
	o.in = testIntake(t, strings.Replace(officeZone, "name: 青山街道, kind: street", "name: 青山街道, kind: street, until: 2022-07-31", 1))
	var err error
	if o.a, err = archive.Open(o.in.Zone.Archive()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.a.Close() })
	const head = "问题台账（2022年第32周）\n问题编号,问题来源,责任清单,问题描述,牵头单位,交办日期,办结时限,办理状态,办结日期\n"
	rows := ""
	for i := range 7 {
		rows += "Q" + string(rune('1'+i)) + ",走访调研,企业难题,路灯,经发局,2022-08-01,2022-09-01,办理中,\n"
	}
	got, back := o.take("青山街道", "问题.csv", []byte(head+rows+"Q8,走访调研,企业难题,路灯,经发局,没有,2022-09-01,办理中,\n"), "2022-08-15 09:00")
	text := receiptText(t, back)
	if !got.Ended || got.RowsRefused == 0 || !strings.Contains(text, "不再报送") {
		t.Fatalf("%+v\n%s", got, text)
	}
	if strings.Contains(text, "重新报送整张表") || strings.Contains(text, "整份重新报送") || !strings.Contains(text, "请由承接的单位报送") {
		t.Errorf("an ended unit is asked to hand in again:\n%s", text)
	}
}
