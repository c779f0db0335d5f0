package zone

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/internal/calendar"
	"taizhang/internal/decl"
)

var known = Known{
	Forms: []FormInfo{
		{ID: "problem", Title: "问题台账", Frequency: calendar.Week, Mode: "ledger"},
		{ID: "activity", Title: "走访与会议记录", Frequency: calendar.Week, Mode: "period"},
		{ID: "incentive", Title: "惠企资金兑付台账", Frequency: calendar.Month, Mode: "period"},
		{ID: "assistance", Title: "帮扶救助发放表", Frequency: calendar.Month, Mode: "period"},
	},
	Metrics: []string{"closure_rate", "livelihood_invested_rate", "problems_overdue"},
	Ratios:  []string{"closure_rate", "livelihood_invested_rate"},
}

// The configuration of CONTRACT, with a few more lines.
const demo = `zone: 湘潭高新区
code: xtgxq
timezone: Asia/Shanghai
as_of: 2022-08-15
submitters:
  - {code: cyj, name: 产业局, kind: department, aliases: [区产业局, 产业发展局, 湘潭高新区产业局]}
  - {code: czj, name: 财政局, kind: department}
  - {code: dzb, name: 党政办、组织人事部, kind: department, aliases: [党政办]}
  - {code: smj, name: 双马街道, kind: street, until: 2022-06-30, merged_into: 板塘街道}
  - {code: btj, name: 板塘街道, kind: street}
returns:
  - {form: problem, from: [产业局, 双马街道], due: monday 12:00, since: 2022-W01}
  - {form: activity, from: [党政办], due: this friday 17:00}
  - {form: incentive, from: [czj], due: 5 working days, since: 2022-01}
  - {form: assistance, from: [streets], due: day 5 12:00}
targets: {closure_rate: 0.90, livelihood_invested_rate: {year: 1.0}}
holidays: [2022-08-16]
workdays: [2022-08-20]
`

func parse(t testing.TB, text string) *Zone {
	t.Helper()
	z, err := Parse(FileName, []byte(text), known)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func date(t testing.TB, text string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func period(t testing.TB, text string) calendar.Period {
	t.Helper()
	p, err := calendar.ParsePeriod(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestParseDemo(t *testing.T) {
	z := parse(t, demo)
	if z.Name != "湘潭高新区" || z.Code != "xtgxq" || z.AsOf.String() != "2022-08-15" || z.Location.String() != "Asia/Shanghai" || z.Dir != "." {
		t.Errorf("%+v", z)
	}
	smj := z.Submitters[3]
	if smj.Code != "smj" || smj.Kind != Street || smj.Until.String() != "2022-06-30" || smj.MergedInto != "btj" || smj.Seq != 4 || z.Submitters[0].Until.Valid() {
		t.Errorf("%+v", smj)
	}
	var owed []string
	for _, r := range z.Returns {
		owed = append(owed, r.Form+" "+r.Submitter+" "+r.Due.String()+" "+r.Since.String())
	}
	want := []string{"problem cyj monday 12:00 2022-W01", "problem smj monday 12:00 2022-W01", "activity dzb this friday 17:00 ", "incentive czj 5 working days 2022-01", "assistance smj day 5 12:00 ", "assistance btj day 5 12:00 "}
	if !slices.Equal(owed, want) {
		t.Errorf("returns:\n%s", strings.Join(owed, "\n"))
	}
	if z.Targets["closure_rate"] != (Target{0.9, false}) || z.Targets["livelihood_invested_rate"] != (Target{1, true}) {
		t.Errorf("targets %v", z.Targets)
	}
	if z.Calendar.IsWorkday(date(t, "2022-08-16")) || !z.Calendar.IsWorkday(date(t, "2022-08-20")) {
		t.Error("the zone's own holidays and workdays")
	}
	if !z.Owes("cyj", "problem") || z.Owes("btj", "problem") || !z.Uses("activity") || z.Uses("contact") {
		t.Error("Owes or Uses")
	}
}

func TestParseSmallest(t *testing.T) {
	z := parse(t, "zone: 高新区\nsubmitters:\n  - name: 产业局\n  - {name: 双马街道}\n  - {name: 经开镇, aliases: 镇政府}\nreturns:\nas_of:\n")
	if z.Code != "zone" || z.Timezone != "Asia/Shanghai" || z.AsOf.Valid() || len(z.Returns) != 0 || len(z.Jobs) != 0 || z.Alerts != (Alerts{DefaultSilentDays, DefaultDiskMB, DefaultBackupDays}) || z.Backups != (Backup{Keep: DefaultKeep}) || z.Limits != DefaultLimits() || z.Ranking {
		t.Errorf("%+v", z)
	}
	for i, want := range []Submitter{{Code: "s01", Kind: Department}, {Code: "s02", Kind: Street}, {Code: "s03", Kind: Street}} {
		if s := z.Submitters[i]; s.Code != want.Code || s.Kind != want.Kind || s.Seq != i+1 {
			t.Errorf("%+v", s)
		}
	}
	now := time.Date(2026, 11, 23, 17, 0, 0, 0, time.UTC)
	if got := z.Today(now); got.String() != "2026-11-24" {
		t.Errorf("today = %s", got)
	}
	if got := parse(t, demo).Today(now); got.String() != "2022-08-15" {
		t.Errorf("today = %s", got)
	}
	if got := z.EndOfDay(date(t, "2022-08-15")).Format(time.RFC3339Nano); got != "2022-08-15T23:59:59.999999+08:00" {
		t.Errorf("end of day = %s", got)
	}
	if got := z.Obligations(date(t, "2022-08-15"), nil); len(got) != 0 {
		t.Errorf("%v", got)
	}
	if _, ok := z.NextSummary(now); ok {
		t.Error("a summary after no due time")
	}
}

func TestParseOptions(t *testing.T) {
	z := parse(t, "\ufeffzone: 高新区\r\nsubmitters: [{name: 产业局}]\r\nschedule: {intake: '@every 1m', summary: 0 13 * * 1}\r\nlimits: {file_mb: 10, rows: 20_000}\r\nranking: true\r\ntargets: {closure_rate: 90%}\r\n")
	if z.Jobs["intake"].Schedule.String() != "@every 1m" || z.Jobs["summary"].Schedule.String() != "0 13 * * 1" || z.Limits.FileBytes != 10<<20 || z.Limits.Rows != 20000 || z.Limits.Sheets != DefaultLimits().Sheets || !z.Ranking || z.Targets["closure_rate"].Value != 0.9 {
		t.Errorf("%+v %+v", z.Jobs, z.Limits)
	}
}

// Each fault: what is put at the end of the smallest configuration, and what
// must be said. The lines of base are 1 to 4.
func TestFaults(t *testing.T) {
	const base = "zone: 高新区\nsubmitters:\n  - {code: cyj, name: 产业局, aliases: [产业发展局]}\n  - {code: smj, name: 双马街道}\n"
	for _, c := range []struct{ text, want string }{
		{base + "submiters: []", `taizhang.yaml:5:1: unknown key "submiters"; did you mean "submitters"?`},
		{base + "  - {name: 财政局, alias: [x]}", `taizhang.yaml:5:17: unknown key "alias"; did you mean "aliases"?`},
		{base + "zone: 另一区", `taizhang.yaml:5:1: key "zone" stands twice; first on line 1`},
		{base + "  - {code: cyj, name: 财政局}", `taizhang.yaml:5:12: code "cyj" also names 产业局 on line 3`},
		{base + "  - {code: CYJ, name: 财政局}", `taizhang.yaml:5:12: code "CYJ" also names 产业局 on line 3`},
		{base + "  - {name: 产业局}", `taizhang.yaml:5:12: name "产业局" also names 产业局 on line 3`},
		{base + "  - {name: 财政局, aliases: [高新区产业局]}", `taizhang.yaml:5:27: alias "高新区产业局" also names 产业局 on line 3`},
		{base + "  - {name: 财政局, aliases: [产业 发展局]}", `taizhang.yaml:5:27: alias "产业 发展局" also names 产业局`},
		{base + "  - {name: 财政局, aliases: [财局, 财局]}", `taizhang.yaml:5:31: alias "财局" of 财政局 stands twice`},
		{base + "  - {name: 财政局, code: 财政}", `taizhang.yaml:5:23: code "财政" is not made of`},
		{base + "  - {name: 财政局, code: all}", `taizhang.yaml:5:23: code "all" has a meaning of its own`},
		{base + "  - {code: x}", `taizhang.yaml:5:5: a submitter without a name`},
		{base + "  - {name: " + strings.Repeat("局", 61) + "}", `taizhang.yaml:5:12: name "局局局局局局局局局局局局局局局局局局局局"… has 61 characters`},
		{base + "  - {name: .财政局}", `taizhang.yaml:5:12: name ".财政局" cannot be the name of a folder`},
		{base + "  - 财政局", `taizhang.yaml:5:5: a submitter is "财政局", not keys and values; known here: code, name`},
		{base + "  - {name: 财政局, kind: 部门}", `taizhang.yaml:5:23: unknown kind "部门"; known here: department, street`},
		{base + "  - {name: 财政局, kind: streets}", `taizhang.yaml:5:23: unknown kind "streets"; did you mean "street"?`},
		{base + "  - {name: 财政局, since: 2022-07-01, until: 2022-06-30}", `taizhang.yaml:5:24: since: 2022-07-01 is after until: 2022-06-30`},
		{base + "  - {name: 财政局, until: 2022-02-30}", `taizhang.yaml:5:24: until: "2022-02-30" is not a date like 2022-08-15`},
		{base + "  - {name: 财政局, merged_into: 双马街}", `taizhang.yaml:5:30: merged_into: unknown submitter "双马街"; did you mean "双马街道"?`},
		{base + "  - {name: 财政局, merged_into: 财政局}", `taizhang.yaml:5:30: merged_into: 财政局 cannot be merged into itself`},
		{base + "  - {name: 财政局, merged_into: 税务局}\n  - {name: 税务局, merged_into: 财政局}", `taizhang.yaml:5:30: merged_into goes in a circle back to 财政局`},
		{base + "timezone: Asia/Shanghia", `taizhang.yaml:5:11: unknown timezone "Asia/Shanghia"; did you mean "Asia/Shanghai"?`},
		{base + "timezone: Local", `taizhang.yaml:5:11: unknown timezone "Local"`},
		{base + "as_of: 2022/8/15", `taizhang.yaml:5:8: as_of: "2022/8/15" is not a date`},
		{base + "code: 高新", `taizhang.yaml:5:7: code "高新" is not made of`},
		{base + "holidays: [2022-01-04]\nworkdays: [2022-01-04]", `taizhang.yaml:6:12: 2022-01-04 is a workday here and a holiday on line 5`},
		{base + "holidays: {a: b}", `taizhang.yaml:5:11: holidays is a mapping, not a list`},
		{base + "returns:\n  - {form: problems, from: all, due: monday}", `taizhang.yaml:6:12: unknown form "problems"; did you mean "problem"?`},
		{base + "returns:\n  - {form: problem, from: [产业], due: monday}", `taizhang.yaml:6:28: unknown submitter "产业"; did you mean "产业局"?`},
		{base + "returns:\n  - {form: problem, from: [street], due: monday}", `taizhang.yaml:6:28: unknown submitter "street"; did you mean "streets"?`},
		{base + "returns:\n  - {form: problem, from: [], due: monday}", `taizhang.yaml:6:27: from names nobody`},
		{base + "returns:\n  - {form: problem, from: all}", `taizhang.yaml:6:5: a return without due`},
		{base + "returns:\n  - {form: problem, from: all, due: mondy 12:00}", `taizhang.yaml:6:37: unknown weekday "mondy" in due time "mondy 12:00"; did you mean "monday"?`},
		{base + "returns:\n  - {form: problem, from: all, due: monday 25:00}", `taizhang.yaml:6:37: "25:00" in due time "monday 25:00" is not an hour`},
		{base + "returns:\n  - {form: problem, from: all, due: some day soon}", `taizhang.yaml:6:37: cannot read due time "some day soon"; write a due time such as`},
		{base + "returns:\n  - {form: problem, from: all, due: 5 working days}", `taizhang.yaml:6:37: due "5 working days" is for monthly returns, but form problem is handed in every week; write for example "monday 12:00"`},
		{base + "returns:\n  - {form: assistance, from: all, due: monday 12:00}", `due "monday 12:00" is for weekly returns, but form assistance is handed in every month; write for example "5 working days"`},
		{base + "returns:\n  - {form: problem, from: all, due: monday, since: 2022}", `taizhang.yaml:6:52: since: "2022" is neither a week`},
		{base + "returns:\n  - {form: problem, from: all, due: monday}\n  - {form: 问题台账, from: [产业局], due: friday}", `taizhang.yaml:7:24: 产业局 already hands in problem: line 6`},
		{base + "targets: {closur_rate: 0.9}", `taizhang.yaml:5:11: unknown key "closur_rate"; did you mean "closure_rate"?`},
		{base + "targets: {closure_rate: high}", `taizhang.yaml:5:25: target closure_rate: "high" is not a number`},
		{base + "targets: {closure_rate: {month: 1}}", `taizhang.yaml:5:26: unknown key "month"; known here: year`},
		{base + "targets: {closure_rate: [1]}", `target closure_rate is a list, not one value`},
		{base + "targets: {closure_rate: 90}", `taizhang.yaml:5:25: target closure_rate: 90 is no ratio, which lies between 0 and 1; 0.90?`},
		{base + "targets: {closure_rate: 82.9}", `is no ratio, which lies between 0 and 1; 0.829?`},
		{base + "targets: {closure_rate: 100}", `between 0 and 1; 1?`},
		{base + "targets: {closure_rate: 1.5}", `closure_rate: 1.5 is no ratio`},
		{base + "targets: {closure_rate: -0.1}", `closure_rate: -0.1 is no ratio`},
		{base + "targets: {closure_rate: 120%}", `closure_rate: 120% is no ratio`},
		{base + "targets: {closure_rate: {year: 90}}", `taizhang.yaml:5:32: target closure_rate: 90 is no ratio, which lies between 0 and 1; 0.90?`},
		{base + "contact: [张工]", `taizhang.yaml:5:10: contact is a list, not one value`},
		{base + "contact: |\n  张工\n  李工", `taizhang.yaml:5:10: contact must be one line`},
		{base + "contact: " + strings.Repeat("长", 201), `taizhang.yaml:5:10: contact has more than 200 characters`},
		{base + "contact: 联系人: 张工", `taizhang.yaml:5:13: not valid YAML: a second colon in one line`},
		{"zone: “示范区”\nsubmitters: [{name: 产业局}]", `taizhang.yaml:1:7: zone: the quotes around “示范区” are not YAML's and would become part of the value; write 示范区 without them`},
		{"zone: ‘示范区’\nsubmitters: [{name: 产业局}]", `taizhang.yaml:1:7: zone: the quotes around ‘示范区’`},
		{base + "  - {name: “财政局”}", `taizhang.yaml:5:12: name: the quotes around “财政局”`},
		{base + "  - {name: 财政局, aliases: [“财局”]}", `taizhang.yaml:5:27: alias: the quotes around “财局”`},
		{base + "  - {name: 财政局, aliases: [财局，区财局]}", `taizhang.yaml:5:27: aliases: "财局，区财局" has a wide comma`},
		{base + "returns:\n  - {form: “problem”, from: all, due: monday}", `taizhang.yaml:6:12: form: the quotes around “problem”`},
		{base + "returns:\n  - {form: problem, from: [产业局，双马街道], due: monday}", `taizhang.yaml:6:28: from: "产业局，双马街道" has a wide comma`},
		{base + "  - name: 财政局\n      kind department", `taizhang.yaml:5:11: name goes on in line 6`},
		{base + "schedule: {intake: every day}", `taizhang.yaml:5:20: schedule intake: "every day" is not a cron schedule`},
		{base + "limits: {rows: 0}", `taizhang.yaml:5:16: limits rows: "0" is not a whole number from 1 to 1048576`},
		{base + "ranking: maybe", `taizhang.yaml:5:10: ranking is "maybe", neither true nor false`},
		{"submitters: [{name: 产业局}]", `taizhang.yaml:1:1: zone is missing`},
		{"zone: 高新区", `taizhang.yaml:1:1: submitters are missing`},
		{"zone: 高新区\nsubmitters: []", `taizhang.yaml:2:13: submitters are missing`},
		{"zone: ''\nsubmitters: [{name: 产业局}]", `taizhang.yaml:1:7: zone is empty`},
		{"", `taizhang.yaml:1:1: the file is empty`},
		{"# nothing\n", `taizhang.yaml:1:1: the file is empty`},
		{"- a\n- b", `taizhang.yaml:1:1: the configuration is a list, not keys and values`},
		{"zone: 高新区\nsubmitters:\n\t- {name: x}", `taizhang.yaml:3:1: not valid YAML`},
		{"zone: x\nsubmitters: [{name: 产业局}]\n---\nzone: y", `a second document`},
		{"zone: \xb8\xdf\xd0\xc2\n", `taizhang.yaml:1:7: the file is not UTF-8 here (GBK?)`},
	} {
		z, err := Parse(FileName, []byte(c.text), known)
		if err == nil {
			t.Errorf("accepted:\n%s\nwant %s", c.text, c.want)
			continue
		}
		if z != nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s\n  says %s\n  want %s", c.text, err, c.want)
		}
		for _, fault := range faultsOf(t, err) {
			if fault.Line == 0 || fault.Column == 0 {
				t.Errorf("%s: a fault without a place: %v", c.text, fault)
			}
			if zh := fault.In(decl.Chinese); zh == fault.In(decl.English) || strings.Contains(zh, "%!") || strings.Contains(fault.In(decl.English), "%!") {
				t.Errorf("%s: in Chinese: %s", c.text, zh)
			}
		}
	}
}

// TestRightTargets: what a target may be; ratios as a number, as a percentage, against the year.
func TestRightTargets(t *testing.T) {
	for text, want := range map[string]Target{
		"closure_rate: 0.90": {0.9, false}, "closure_rate: 90%": {0.9, false}, "closure_rate: 90％": {0.9, false}, "closure_rate: 0": {0, false}, "closure_rate: 1": {1, false},
		"closure_rate: {year: 1.0}": {1, true}, "problems_overdue: 90": {90, false}, "problems_overdue: {year: 120}": {120, true},
	} {
		z := parse(t, "zone: 高新区\nsubmitters: [{name: 产业局}]\ntargets: {"+text+"}\n")
		if metric, _, _ := strings.Cut(text, ":"); z.Targets[metric] != want {
			t.Errorf("%s: %v", text, z.Targets)
		}
	}
}

func TestContact(t *testing.T) {
	const base = "zone: 高新区\nsubmitters: [{name: 产业局}]\n"
	for text, want := range map[string]string{
		"": "", "contact:\n": "", "contact: 联系人：张工 0731-1234567\n": "联系人：张工 0731-1234567", "contact: 07311234567 # 上班时间\n": "07311234567", "contact: '张工: 1'\n": "张工: 1",
	} {
		if got := parse(t, base+text).Contact; got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// TestArchived: a configuration that was in force is read again as it was
// meant then, or a rebuild would stop at what is refused only now.
func TestArchived(t *testing.T) {
	old := known
	old.Archived = true
	z, err := Parse(FileName, []byte("zone: “示范区”\nsubmitters: [{name: “产业局”, aliases: [甲，乙]}]\ntargets: {closure_rate: 90}\n"), old)
	if err != nil || z.Name != "“示范区”" || z.Submitters[0].Aliases[0] != "甲，乙" || z.Targets["closure_rate"].Value != 90 {
		t.Errorf("%+v %v", z, err)
	}
}

// TestFaultsAfterSyntax: a fault of syntax in one part hides nothing in the
// others, and who refers to what can't be read is not blamed.
func TestFaultsAfterSyntax(t *testing.T) {
	_, err := Parse(FileName, []byte("zone: 高新区\nsubmitters:\n  - {name: 产业局}\n\t- {name: 财政局}\nreturns:\n  - {form: prob, from: [财政局], due: monday}\ntargets: {closure_rate: 90}\nlimit: {rows: 1}\nzone: x\n"), known)
	want := []string{"4:1: not valid YAML: a tab", `6:12: unknown form "prob"`, "7:25: target closure_rate", `8:1: unknown key "limit"; did you mean "limits"?`, `9:1: key "zone" stands twice`}
	if err == nil {
		t.Fatal("accepted")
	}
	got := strings.Split(err.Error(), "\n")
	if len(got) != len(want) {
		t.Fatalf("%v", err)
	}
	for i := range want {
		if !strings.HasPrefix(got[i], "taizhang.yaml:"+want[i]) {
			t.Errorf("%s\nwant %s", got[i], want[i])
		}
	}
}

// TestChinese: where the system speaks Chinese, so do the faults.
func TestChinese(t *testing.T) {
	t.Setenv("LC_ALL", "zh_CN.UTF-8")
	_, err := Parse(FileName, []byte("zone: “示范区”\nsubmitter:\n  - {name: 产业局}\ntargets: {closure_rate: 90}\n"), known)
	for _, want := range []string{
		"taizhang.yaml:1:1: 缺 submitters（填报单位）", "taizhang.yaml:1:7: zone：“示范区” 两边是中文引号，会被当成内容的一部分；请去掉引号写成 示范区",
		`taizhang.yaml:2:1: 没有名为 "submitter" 的键；是不是“submitters”？`, "taizhang.yaml:4:25: 目标 closure_rate：90 不在0到1之间（比率写成小数，或写成90%）；是不是 0.90？",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nlacks %s", err, want)
		}
	}
}

// faultsOf takes an error of Parse apart.
func faultsOf(t *testing.T, err error) (out []*decl.Fault) {
	t.Helper()
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("not the faults of a file: %v", err)
	}
	for _, e := range joined.Unwrap() {
		var fault *decl.Fault
		if !errors.As(e, &fault) {
			t.Fatalf("not a fault: %v", e)
		}
		out = append(out, fault)
	}
	return out
}

// TestMain: messages are compared in English, whatever the system speaks.
func TestMain(m *testing.M) {
	os.Setenv("LC_ALL", "C")
	os.Exit(m.Run())
}

func TestFaultsTogether(t *testing.T) {
	_, err := Parse("z/taizhang.yaml", []byte("zone: 高新区\ntimezone: Mars\nsubmitters:\n  - {name: 产业局, kid: street}\nreturns:\n  - {form: prob, from: [财政局], due: someday}\n"), known)
	if err == nil {
		t.Fatal("accepted")
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 5 || !slices.IsSortedFunc(lines, strings.Compare) || !strings.HasPrefix(lines[0], "z/taizhang.yaml:2:11: ") {
		t.Errorf("faults:\n%v", err)
	}
}

func TestMatch(t *testing.T) {
	z := parse(t, demo)
	for text, want := range map[string]string{
		"产业局": "cyj", " 产业局\n": "cyj", "产 业 局": "cyj", "产业　局": "cyj", "区产业局": "cyj", "湘潭高新区产业局": "cyj", "湘潭高新区 产业发展局": "cyj",
		"cyj": "cyj", "CYJ": "cyj", "ＣＹＪ": "cyj", "湘潭高新区财政局": "czj", "党政办": "dzb", "党政办、组织人事部": "dzb", "产业\u200b局": "cyj",
		"双马街道": "smj", "湘潭高新区": "", "": "", "产业": "", "湘潭市产业局": "",
	} {
		s, ok := z.Match(text)
		if s.Code != want || ok != (want != "") {
			t.Errorf("Match(%q) = %q %v, want %q", text, s.Code, ok, want)
		}
	}
	z = parse(t, "zone: 高新\nsubmitters: [{name: 高新集团}, {name: 湘潭／高新公司, code: gs}, {name: 财政局（国资办）}]")
	for text, want := range map[string]string{"高新集团": "高新集团", "集团": "高新集团", "高新高新集团": "高新集团", "湘潭/高新公司": "湘潭／高新公司", "财政局(国资办)": "财政局（国资办）"} {
		if s, _ := z.Match(text); s.Name != want {
			t.Errorf("Match(%q) = %q, want %q", text, s.Name, want)
		}
	}
}

func TestFirstOf(t *testing.T) {
	z := parse(t, demo+"# end")
	for text, want := range map[string]string{
		"产业局": "产业局", "产业局、财政局": "产业局", "区产业局，财政局": "产业局", "财政局,产业局": "财政局", "产业发展局;财政局": "产业局", "产业局；财政局": "产业局",
		"产业局/财政局": "产业局", "产业局和财政局": "产业局", "产业局\n财政局": "产业局", "产业局 财政局": "产业局", "产\n业\n局": "产业局", "、产业局": "产业局",
		"高新区产业局、财政局": "产业局", "湘潭高新技术产业开发区管委会财政局": "财政局",
		"党政办、组织人事部": "党政办、组织人事部", "党政办、组织人事部、产业局": "党政办、组织人事部", "党政办、产业局": "党政办、组织人事部",
		"产业局（牵头）、财政局": "产业局", "板塘街道及双马街道": "板塘街道",
	} {
		if got, ok := z.FirstOf(text); got != want || !ok {
			t.Errorf("FirstOf(%q) = %q %v, want %q", text, got, ok, want)
		}
	}
	for text, want := range map[string]string{
		"市住建局、产业局": "市住建局", " 和平街道 ": "和平街道", "市住建局 市交通局": "市住建局", "气 象 局": "气 象 局", "Foxconn Ltd / 产业局": "Foxconn Ltd", "": "", "、": "",
	} {
		if got, ok := z.FirstOf(text); got != want || ok {
			t.Errorf("FirstOf(%q) = %q %v, want %q", text, got, ok, want)
		}
	}
}

func TestSample(t *testing.T) {
	for name, want := range map[string]string{"湘潭高新区": "湘潭高新区", "": "示例园区", "a: b #c": "a: b #c", "two\nlines": "two lines", `"quoted"`: `"quoted"`, "“新区”": "新区", "「新区」": "新区", "123": "123"} {
		text := Sample(name, calendar.NewDate(2026, 11, 28))
		z, err := Parse(FileName, text, known)
		if err != nil {
			t.Errorf("Sample(%q): %v", name, err)
			continue
		}
		if z.Returns[0].Since.String() != "2026-W48" { // else a new zone asks nobody for anything
			t.Errorf("Sample(%q): owed since %s", name, z.Returns[0].Since)
		}
		if z.Name != want || len(z.Submitters) != 3 || len(z.Returns) != 3 {
			t.Errorf("Sample(%q): %+v", name, z)
		}
	}
	text := string(Sample("x", calendar.NewDate(2026, 11, 28)))
	for _, keys := range [][]string{zoneKeys, submitterKeys, returnKeys, JobNames, jobKeys, backupKeys, alertKeys, limitKeys, engineKeys, trinoKeys} {
		for _, key := range keys {
			if !strings.Contains(text, key) {
				t.Errorf("the sample does not explain %s", key)
			}
		}
	}
	// With every example switched on it still holds together.
	var lines []string
	for _, line := range strings.Split(text, "\n") {
		trimmed := strings.TrimLeft(line, " ")
		if rest, ok := strings.CutPrefix(trimmed, "# "); ok && rest != "" && (rest[0] < 0x80 && rest[0] != ' ' && !strings.HasPrefix(rest, "serve") && !strings.HasPrefix(rest, "taizhang.yaml") || strings.HasPrefix(rest, "  ") && rest[2] != ' ') {
			if strings.HasPrefix(rest, "  ") && !strings.Contains(rest, ": ") {
				continue // a key explained
			}
			line = line[:len(line)-len(trimmed)] + rest
		}
		lines = append(lines, line)
	}
	z, err := Parse(FileName, []byte(strings.Join(lines, "\n")), known)
	if err != nil {
		t.Fatalf("%v\n%s", err, strings.Join(lines, "\n"))
	}
	if len(z.Submitters) != 5 || len(z.Targets) != 2 || !z.Jobs["summary"].Set || !z.Ranking || z.Limits != DefaultLimits() || !z.AsOf.Valid() || z.Trino == nil || z.Trino.Grace != 24*time.Hour {
		t.Errorf("%+v", z)
	}
}

func TestFolders(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, FileName), []byte("zone: 高新区\nsubmitters: [{code: cyj, name: 产业局}, {name: 双马/街道}]"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "inbox", "高新区产业局"), 0o755); err != nil {
		t.Fatal(err)
	}
	z, err := Load(dir, known)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := z.EnsureFolders(); err != nil {
			t.Fatal(err)
		}
	}
	entries, _ := os.ReadDir(z.Inbox())
	if len(entries) != 2 {
		t.Errorf("inbox holds %v", entries)
	}
	if s, ok := z.Match(filepath.Base(z.InboxOf(z.Submitters[1]))); !ok || s.Seq != 2 {
		t.Errorf("the folder %s is not matched", z.InboxOf(z.Submitters[1]))
	}
	if z.PublishedFile() != filepath.Join(dir, "published", "taizhang.duckdb") || z.Warehouse() != filepath.Join(dir, "warehouse.duckdb") || z.OutboxUnknown() != filepath.Join(dir, "outbox", "_unknown") {
		t.Error("paths")
	}
	if _, err := Load(t.TempDir(), known); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no configuration: %v", err)
	}
}

// TestFirstOfLongText takes no time for a text of nothing but separators, and still finds the unit that it begins with.
func TestFirstOfLongText(t *testing.T) {
	z := parse(t, demo)
	for _, between := range []string{"|", "、 ", " ", "|a", "（"} {
		text := z.Submitters[0].Name + strings.Repeat(between, 30_000)
		started := time.Now()
		if name, known := z.FirstOf(text); !known || name != z.Submitters[0].Name {
			t.Errorf("%q…: %.40q %v", text[:30], name, known)
		}
		if took := time.Since(started); took > 2*time.Second {
			t.Errorf("%q…: %v", text[:30], took)
		}
	}
}
