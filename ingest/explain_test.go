package ingest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"taizhang/ingest/finding"
	"taizhang/ingest/receipt"
)

// take drops a file and gives what became of it, with its receipt.
func (o *office) take(folder, name string, content []byte, at string) (*finding.Return, []byte) {
	o.t.Helper()
	when, err := time.ParseInLocation("2006-01-02 15:04", at, o.in.Zone.Location)
	if err != nil {
		o.t.Fatal(err)
	}
	o.drop(folder+"/"+name, content)
	s, _ := o.session(when)
	if len(s.Taken) != 1 || len(s.Taken[0].Returns) != 1 {
		o.t.Fatalf("took in %d files", len(s.Taken))
	}
	sub, _ := o.in.Zone.Match(folder)
	back, err := os.ReadFile(filepath.Join(o.in.Zone.OutboxOf(sub), receipt.Name(s.Taken[0])))
	if err != nil {
		o.t.Fatal(err)
	}
	return s.Taken[0].Returns[0], back
}

// explain writes an explanation beside a finding on a receipt, as the sender does.
func explain(t *testing.T, content []byte, rule, said string) []byte {
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
	done := false
	for i, row := range rows {
		if len(row) > receipt.ExplainColumn && row[receipt.ExplainColumn] == rule {
			ref, _ := excelize.CoordinatesToCellName(receipt.ExplainColumn, i+1)
			if err := f.SetCellStr(receipt.SheetName, ref, said); err != nil {
				t.Fatal(err)
			}
			done = true
		}
	}
	if !done {
		t.Fatalf("the receipt has no finding %s: %q", rule, rows)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func rules(r *finding.Return) string {
	var out []string
	for _, f := range r.Findings {
		if f.Severity != finding.Info {
			out = append(out, f.Rule)
		}
	}
	return strings.Join(out, " ")
}

// TestExplained: a doubt that the sender explains on the receipt is not raised again for the same row and value,
// neither in that return nor in later ones; for another value it is.
func TestExplained(t *testing.T) {
	const head = "招聘活动台账（2022年%s月）\n活动名称,日期,参会企业数,提供岗位数,求职人次,达成意向数\n"
	sheet := func(month, rest string) []byte {
		return []byte(strings.Replace(head, "%s", month, 1) + rest)
	}
	o := newOffice(t)
	first, back := o.take("人社局", "a.csv", sheet("6", "夏季招聘会,2022-06-05,20,200,50,60\n"), "2022-07-05 09:00")
	if first.Outcome != finding.Warned || rules(first) != "intentions_over_seekers" {
		t.Fatalf("%s: %s", first.Outcome, rules(first))
	}
	mended := explain(t, back, "intentions_over_seekers", "含网上投递，联系人 13812345678")
	second, back := o.take("人社局", "a.xlsx", mended, "2022-07-05 10:00")
	if second.Outcome != finding.Accepted || second.Supersedes != first.ID || rules(second) != "" || len(second.Explained) != 1 {
		t.Fatalf("with the explanation: %s, %s, %+v", second.Outcome, rules(second), second.Explained)
	}
	if said := second.Explained[0].Said; said != "含网上投递，联系人 138****5678" {
		t.Errorf("the explanation reads %q", said)
	}
	f, err := excelize.OpenReader(bytes.NewReader(back))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(receipt.SheetName)
	if err != nil {
		t.Fatal(err)
	}
	shown := ""
	for _, r := range rows {
		shown += strings.Join(r, "|") + "\n"
	}
	for _, want := range []string{"已有核实说明：1 条", "含网上投递", "计入的内容没有变化"} {
		if !strings.Contains(shown, want) {
			t.Errorf("the receipt does not say %s:\n%s", want, shown)
		}
	}
	// Handed in once more without the receipt's sheet, in another run: it is known.
	third, _ := o.take("人社局", "b.csv", sheet("6", "夏季招聘会,2022-06-05,21,200,50,60\n"), "2022-07-05 11:00")
	if rules(third) != "" || len(third.Explained) != 1 {
		t.Errorf("again: %s, %+v", rules(third), third.Explained)
	}
	// Another value is another doubt.
	fourth, _ := o.take("人社局", "c.csv", sheet("6", "夏季招聘会,2022-06-05,21,200,50,70\n"), "2022-07-05 12:00")
	if rules(fourth) != "intentions_over_seekers" {
		t.Errorf("another value: %s", rules(fourth))
	}
	// An error can't be explained away.
	_, back = o.take("人社局", "d.csv", sheet("7", "秋季招聘会,2022-07-05,很多,200,50,40\n春季招聘会,2022-07-06,1,200,50,40\n春二,2022-07-07,1,200,50,40\n春三,2022-07-08,1,200,50,40\n春四,2022-07-09,1,200,50,40\n"), "2022-08-05 09:00")
	fifth, _ := o.take("人社局", "d.xlsx", explain(t, back, "type", "确实很多"), "2022-08-05 10:00")
	if rules(fifth) != "type" || fifth.RowsRefused != 1 {
		t.Errorf("an error explained: %s, %d refused", rules(fifth), fifth.RowsRefused)
	}
	if hint := fifth.Findings[0].Hint; !strings.Contains(hint, "“确实很多”") || !strings.Contains(hint, "不能用说明代替") {
		t.Errorf("the reason beside an error is not answered: %s", hint)
	}
	// A nod is no reason: the doubt stays, and what is wanted is said.
	for i, nod := range []string{"是", "1", "√", "无误", "同上", ".", "-"} {
		month := fmt.Sprint(8 + i%3)
		rest := fmt.Sprintf("招聘会%d,2022-%s-05,21,200,50,%d\n", i, month, 71+i)
		_, back = o.take("人社局", fmt.Sprintf("n%d.csv", i), sheet(month, rest), fmt.Sprintf("2022-11-05 1%d:00", i))
		nodded, _ := o.take("人社局", fmt.Sprintf("n%d.xlsx", i), explain(t, back, "intentions_over_seekers", nod), fmt.Sprintf("2022-11-05 1%d:30", i))
		if len(nodded.Explained) != 0 || !strings.Contains(rules(nodded), "intentions_over_seekers") {
			t.Fatalf("%q settles a doubt: %s", nod, rules(nodded))
		}
		for _, f := range nodded.Findings {
			if f.Rule == "intentions_over_seekers" && (!strings.Contains(f.Hint, "“"+nod+"”") || !strings.Contains(f.Hint, "一句话")) {
				t.Errorf("%q is not answered: %s", nod, f.Hint)
			}
		}
	}
	var n int
	if err := o.db.Conn.QueryRowContext(context.Background(), "select count(*) from raw.explanation where rule = 'intentions_over_seekers' and return_id in (?, ?) and key_text like '%夏季招聘会%'", second.ID, third.ID).Scan(&n); err != nil || n != 2 {
		t.Errorf("the analyst sees %d explanations, %v", n, err)
	}
}

// TestExplainedComparison: the reason for what is only different from an earlier return (a row that vanished, a deadline
// that moved, an item that was reopened) is kept, although the return that brought it is no longer different.
func TestExplainedComparison(t *testing.T) {
	const head = "问题台账（2022年第%s周）\n问题编号,问题来源,责任清单,问题描述,牵头单位,交办日期,办结时限,办理状态,办结日期\n"
	ledger := func(week, rest string) []byte { return []byte(strings.Replace(head, "%s", week, 1) + rest) }
	o := newOffice(t)
	o.take("青山街道", "a.csv", ledger("31", "Q-1,走访,安全,路灯不亮,经发局,2022-08-01,2022-08-20,已办结,2022-08-03\nQ-2,走访,安全,井盖缺失,经发局,2022-08-01,2022-08-20,办理中,\nQ-3,走访,安全,护栏损坏,经发局,2022-08-01,2022-08-20,办理中,\n"), "2022-08-08 09:00")
	again, back := o.take("青山街道", "b.csv", ledger("32", "Q-1,走访,安全,路灯不亮,经发局,2022-08-01,2022-08-20,办理中,\nQ-2,走访,安全,井盖缺失,经发局,2022-08-01,2022-10-20,办理中,\n"), "2022-08-15 09:00")
	if rules(again) != "row_vanished reopened deadline_moved" {
		t.Fatalf("asked about %q", rules(again))
	}
	reasons := map[string]string{"row_vanished": "并入Q-2一起办理", "reopened": "回访发现又不亮了，重新维修", "deadline_moved": "主管领导批准延期两个月"}
	for rule, said := range reasons {
		back = explain(t, back, rule, said)
	}
	third, _ := o.take("青山街道", "b.xlsx", back, "2022-08-15 11:00")
	if third.Outcome != finding.Accepted || rules(third) != "" || len(third.Explained) != 3 {
		t.Fatalf("with reasons: %s, %q, %+v", third.Outcome, rules(third), third.Explained)
	}
	for _, x := range third.Explained {
		if x.Said != reasons[x.Finding.Rule] || x.Finding.Message == "" {
			t.Errorf("%s is explained by %q: %q", x.Finding.Rule, x.Said, x.Finding.Message)
		}
	}
	var keys string
	if err := o.db.Conn.QueryRowContext(context.Background(), "select string_agg(key_text, ' ' order by key_text) from raw.explanation where return_id = ? and key_text is not null", third.ID).Scan(&keys); err != nil || keys != "q-1 q-2" {
		t.Errorf("the analyst sees reasons for %q, %v", keys, err)
	}
	// Later returns don't carry them on as their own.
	fourth, _ := o.take("青山街道", "c.csv", ledger("33", "Q-1,走访,安全,路灯不亮,经发局,2022-08-01,2022-08-20,办理中,\nQ-2,走访,安全,井盖缺失,经发局,2022-08-01,2022-10-20,办理中,\n"), "2022-08-22 09:00")
	if len(fourth.Explained) != 0 {
		t.Errorf("the next ledger repeats %+v", fourth.Explained)
	}
}

// TestCorrectionBesideTheNext: a correction of last week's ledger that comes together with the ledger of the week that is due is no
// ledger whose 截至 was left.
func TestCorrectionBesideTheNext(t *testing.T) {
	ledger := func(asOf, state string) []byte {
		return []byte("问题台账（截至2022年8月" + asOf + "日）\n问题编号,问题来源,责任清单,问题描述,牵头单位,交办日期,办结时限,办理状态\nQ-1,走访,安全,停电,经发局,2022-08-01,2022-08-20," + state + "\n")
	}
	o := newOffice(t)
	run := func(day int) []*finding.Report {
		s, _ := o.session(time.Date(2022, 8, day, 9, 0, 0, 0, o.in.Zone.Location))
		return s.Taken
	}
	o.drop("青山街道/a.csv", ledger("7", "未启动"))
	run(8)
	o.drop("青山街道/b.csv", ledger("7", "办理中"))
	o.drop("青山街道/c.csv", ledger("14", "办理中"))
	for _, report := range run(15) {
		if r := report.Returns[0]; r.Outcome != finding.Accepted || rules(r) != "" {
			t.Errorf("%s is told %s %+v", report.File, r.Outcome, r.Findings)
		}
	}
	o.drop("青山街道/d.csv", ledger("14", "未启动"))
	if r := run(22)[0].Returns[0]; rules(r) != "period_behind" || r.Outcome != finding.Warned {
		t.Errorf("last week's alone is told %s %+v", r.Outcome, r.Findings)
	}
}

// TestTwoInOneRun: of two files for one return that come at the same time a draft gives way, whatever its name sorts
// after; both are told. What was received before is what the one that counts is compared with.
func TestTwoInOneRun(t *testing.T) {
	row := func(no int, amount string) string {
		return "甲公司,91430300MA4L16JJ55,智能制造,文" + string(rune('0'+no)) + "," + amount + ",2022-07-05\n"
	}
	const head = "惠企资金兑付台账（2022年7月）单位：元\n企业名称,统一社会信用代码,政策项目,文号,兑付金额,兑付日期\n"
	for _, c := range []struct{ first, second, counts string }{
		{"惠企资金.csv", "惠企资金（初稿）.csv", "惠企资金.csv"},
		{"惠企资金 - 副本.csv", "惠企资金.csv", "惠企资金.csv"},
		{"旧_惠企.csv", "惠企.csv", "惠企.csv"},
		{"惠企1.csv", "惠企2.csv", "惠企2.csv"},
		{"惠企.csv", "惠企（草案）.csv", "惠企.csv"},
		{"惠企.csv", "惠企backup.csv", "惠企.csv"},
	} {
		o := newOffice(t)
		o.drop("财政局/"+c.first, []byte(head+row(1, "100")+row(2, "200")))
		o.drop("财政局/"+c.second, []byte(head+row(1, "100")+row(2, "250")))
		s, _ := o.session(time.Date(2022, 8, 5, 9, 0, 0, 0, o.in.Zone.Location))
		if len(s.Taken) != 2 {
			t.Fatalf("%s and %s: took in %d files", c.first, c.second, len(s.Taken))
		}
		last := s.Taken[1]
		if last.File != c.counts {
			t.Errorf("of %s and %s %s counts", c.first, c.second, last.File)
		}
		for _, report := range s.Taken {
			want := "not_counting" // the other one: its receipt says so in its first line
			if report == last {
				want = "same_run"
			}
			if r := report.Returns[0]; rules(r) != want || r.Outcome != finding.Warned || !strings.Contains(r.Findings[len(r.Findings)-1].Message, "按“"+c.counts+"”计入") {
				t.Errorf("%s beside %s is told %s %+v", report.File, c.counts, r.Outcome, r.Findings)
			}
			sub, _ := o.in.Zone.Match("财政局")
			dir := o.in.Zone.OutboxOf(sub)
			if report != last { // the other one is what holds
				dir = filepath.Join(dir, receipt.OldFolder)
			}
			if _, err := os.Stat(filepath.Join(dir, receipt.Name(report))); err != nil {
				t.Error(err)
			}
		}
		var n int
		if err := o.db.Conn.QueryRowContext(context.Background(), "select count(*) from raw.finding where rule in ('same_run', 'not_counting') and return_id in (?, ?)", s.Taken[0].Returns[0].ID, last.Returns[0].ID).Scan(&n); err != nil || n != 2 {
			t.Errorf("the tables hold %d of both findings, %v", n, err)
		}
	}
}
