package ingest

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/ingest/finding"
)

// TestRescaledWithinARun: a correction whose amounts lost their unit is asked about also where the return that it takes the place
// of was taken in by the same run, as in a service that runs for weeks.
func TestRescaledWithinARun(t *testing.T) {
	o := newOffice(t)
	s, err := o.start(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	const rows = "企业名称,统一社会信用代码,政策项目,兑付金额,兑付日期\n湖南甲机械有限公司,91430300MA4L16JJ55,智能制造,30,2026-10-12\n湖南乙机械有限公司,91430300MA4L26KK7R,智能制造,20,2026-10-12\n"
	for i, title := range []string{"惠企资金兑付台账（2026年10月，单位：万元）\n", "惠企资金兑付台账（2026年10月，单位：元）\n"} {
		o.drop("财政局/十月.csv", []byte(title+rows))
		files, err := Inbox(o.in.Zone.Inbox())
		if err != nil {
			t.Fatal(err)
		}
		at := time.Date(2026, 11, 3+i, 9, 0, 0, 0, o.in.Zone.Location)
		if _, err := s.TakeIn(context.Background(), files, func(string) time.Time { return at }); err != nil {
			t.Fatal(err)
		}
		ret := s.Taken[i].Returns[0]
		asked := slices.ContainsFunc(ret.Findings, func(f finding.Finding) bool { return f.Rule == finding.RescaledRule })
		if ret.Rows != 2 || asked != (i == 1) {
			t.Errorf("%s: %d rows, %v", title, ret.Rows, ret.Findings)
		}
	}
}

// TestBegunTogether: who hands in, in one go, the ledger that is due and the one of the week that has begun means both.
func TestBegunTogether(t *testing.T) {
	const rows = "问题编号,问题来源,责任清单,问题描述,牵头单位,交办日期,办结时限,办理状态\nQ-1,走访调研,基层治理,路灯不亮,青山街道,2026-11-02,2026-12-31,办理中\n"
	for _, both := range []bool{false, true} {
		o := newOffice(t)
		s, err := o.start(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		take := func(day int) {
			files, err := Inbox(o.in.Zone.Inbox())
			if err != nil {
				t.Fatal(err)
			}
			at := time.Date(2026, 11, day, 9, 0, 0, 0, o.in.Zone.Location)
			if _, err := s.TakeIn(context.Background(), files, func(string) time.Time { return at }); err != nil {
				t.Fatal(err)
			}
		}
		o.drop("青山街道/台账.csv", []byte("问题台账（第47周）\n"+rows))
		take(23)
		o.drop("青山街道/a.csv", []byte("问题台账（第49周）\n"+rows))
		if both {
			o.drop("青山街道/b.csv", []byte("问题台账（第48周）\n"+rows))
		}
		take(30)
		for _, r := range s.Taken[1:] {
			asked := slices.ContainsFunc(r.Returns[0].Findings, func(f finding.Finding) bool { return f.Rule == "period_begun" })
			if asked == both {
				t.Errorf("both %v: %s %s: %v", both, r.File, r.Returns[0].Outcome, r.Returns[0].Findings)
			}
		}
	}
}

// TestHalvesInOneRun: two files of one return without a row in common are told to be halves, to be put together; two states of
// one return, of which the final one may be meant, are not.
func TestHalvesInOneRun(t *testing.T) {
	const head = "惠企资金兑付台账（2026年10月，单位：万元）\n企业名称,统一社会信用代码,政策项目,兑付金额,兑付日期\n"
	const one, two = "湖南甲机械有限公司,91430300MA4L16JJ55,智能制造,30,2026-10-12\n", "湖南乙机械有限公司,91430300MA4L26KK7R,智能制造,20,2026-10-12\n"
	for _, tt := range []struct {
		upper, lower string
		halves       bool
	}{{one, two, true}, {one, one + two, false}} {
		o := newOffice(t)
		s, err := o.start(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		o.drop("财政局/十月（上）.csv", []byte(head+tt.upper))
		o.drop("财政局/十月（下）.csv", []byte(head+tt.lower))
		files, err := Inbox(o.in.Zone.Inbox())
		if err != nil {
			t.Fatal(err)
		}
		at := time.Date(2026, 11, 3, 9, 0, 0, 0, o.in.Zone.Location)
		if _, err := s.TakeIn(context.Background(), files, func(string) time.Time { return at }); err != nil {
			t.Fatal(err)
		}
		for _, r := range s.Taken {
			told := slices.ContainsFunc(r.Returns[0].Findings, func(f finding.Finding) bool {
				return (f.Rule == "same_run" || f.Rule == "not_counting") && strings.Contains(f.Hint, "请合并成一个文件")
			})
			if told != tt.halves {
				t.Errorf("halves %v: %s: %v", tt.halves, r.File, r.Returns[0].Findings)
			}
		}
	}
}
