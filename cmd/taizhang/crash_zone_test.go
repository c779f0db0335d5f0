package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/xuri/excelize/v2"

	"taizhang/internal/archive"
)

// crashZone is a small zone with files of all kinds in its inbox: good ones, one to reject, a duplicate, a correction.
func crashZone(t *testing.T) string {
	t.Helper()
	zone := t.TempDir()
	write := func(name, text string) {
		writeLongAgo(t, filepath.Join(zone, filepath.FromSlash(name)), text)
	}
	write("taizhang.yaml", `zone: 样板园区
as_of: 2022-08-15
submitters:
  - {code: cyj, name: 产业局, kind: department}
  - {code: jsj, name: 建设局, kind: department}
  - {code: smj, name: 双马街道, kind: street}
returns:
  - {form: problem, from: all, due: monday 12:00, since: 2022-W29}
`)
	for _, unit := range []string{"产业局", "建设局", "双马街道"} {
		for week := 29; week <= 32; week++ {
			write(fmt.Sprintf("inbox/%s/%s问题台账第%d周.csv", unit, unit, week), problemCSV(unit, week, 20, week-29))
		}
	}
	write("inbox/产业局/更正.csv", doubtful(problemCSV("产业局", 32, 20, 9), ""))
	write("inbox/双马街道/双马街道问题台账第32周.xlsx", string(crashBook()))
	if err := os.Remove(filepath.Join(zone, "inbox/双马街道/双马街道问题台账第32周.csv")); err != nil {
		t.Fatal(err)
	}
	write("inbox/产业局/重复13812345678.csv", problemCSV("产业局", 30, 20, 1))
	write("inbox/产业局/缩水.csv", problemCSV("产业局", 32, 3, 9))
	write("inbox/无名/不知何表.csv", "甲,乙\n1,2\n")
	return zone
}

// doubtful adds to a return what its receipt has to say more about: doubts, a column nobody reads, notes, numbers of persons,
// and more at the end of each line.
func doubtful(csv, more string) string {
	lines := strings.Split(strings.TrimSpace(csv), "\n")
	for i := range lines {
		switch i {
		case 0, 1:
		case 2:
			lines[i] += ",备用栏"
		default:
			lines[i] += ",备用" + more
		}
	}
	lines[5] = strings.Replace(lines[5], "2022-09-01", "2022-06-01", 1)
	lines[6] = strings.Replace(lines[6], "已修好", "电话13812345678", 1)
	return strings.Join(lines, "\n") + "\n合计,20\n注：经办人13812345678\n"
}

// crashBook is such a return as a workbook, with sheets that are passed over.
var crashBook = sync.OnceValue(func() []byte {
	f := excelize.NewFile()
	defer f.Close()
	for i, line := range strings.Split(strings.TrimSpace(doubtful(problemCSV("双马街道", 32, 20, 3), ",多出的")), "\n") {
		for k, v := range strings.Split(line, ",") {
			ref, _ := excelize.CoordinatesToCellName(k+1, i+1)
			if err := f.SetCellStr("Sheet1", ref, v); err != nil {
				panic(err)
			}
		}
	}
	for _, name := range []string{"附注13812345678", "隐藏"} {
		must(f.NewSheet(name))
		if err := f.SetCellStr(name, "A1", "说明"); err != nil {
			panic(err)
		}
	}
	if err := f.SetSheetVisible("隐藏", false); err != nil {
		panic(err)
	}
	return must(f.WriteToBuffer()).Bytes()
})

func problemCSV(unit string, week, rows, closed int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "问题台账\n填报单位：%s,,报送期：2022年第%d周\n问题编号,问题来源,责任清单,问题描述,牵头单位,交办日期,办结时限,办理状态,办结日期,办理情况\n", unit, week)
	for i := 1; i <= rows; i++ {
		status, on, progress := "办理中", "", "正在处理"
		if i <= closed {
			status, on, progress = "已办结", "2022-07-12", "已修好"
		}
		fmt.Fprintf(&b, "%s-%03d,走访调研,基层治理,路灯不亮%d,%s,2022-07-01,2022-09-01,%s,%s,%s\n", unit, i, i, unit, status, on, progress)
	}
	return b.String()
}

// state is what must be the same however often a run was interrupted.
func state(t *testing.T, zone string) string {
	t.Helper()
	var b strings.Builder
	code, out, log := program(t, "returns", "list", "--zone", zone, "-f", "csv")
	if code != 0 {
		t.Fatalf("returns list: exit code %d\n%s", code, log)
	}
	b.WriteString(out)
	for _, q := range []string{
		"select metric, dimension, dimension_value, value, num, den from mart.metric order by all",
		"select * from 问题台账",
		"select return_id, seq, rule, cell from raw.finding order by 1, 2",
	} {
		code, out, log := program(t, "sql", q, "--zone", zone, "-f", "csv")
		if code != 0 {
			t.Fatalf("%s: exit code %d\n%s", q, code, log)
		}
		b.WriteString(out)
	}
	for _, f := range append(files(t, filepath.Join(zone, "outbox")), append(files(t, filepath.Join(zone, "inbox")), files(t, filepath.Join(zone, "published", "汇总台账"))...)...) {
		rel, err := filepath.Rel(zone, f)
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(rel)
		if strings.HasPrefix(rel, "outbox") { // a receipt says the same, whoever finished it
			b.WriteString(" " + archive.Hash(must(os.ReadFile(f))))
		}
		b.WriteString("\n")
	}
	a, err := archive.View(filepath.Join(zone, "archive"))
	if err != nil {
		t.Fatal(err)
	}
	pending, err := a.Pending()
	if err != nil || len(pending) > 0 {
		t.Errorf("%d arrivals are pending (%v)", len(pending), err)
	}
	return b.String()
}

const crashReceived = "2022-08-15 09:00"

// finish lets the next run finish a zone and compares it with an undisturbed one.
func finish(t *testing.T, zone, want, what string) {
	t.Helper()
	untold := told(zone) == 0
	code, _, log := program(t, "run", "--zone", zone, "--received-at", crashReceived)
	if code != 0 && code != 3 {
		t.Fatalf("%s: the next run: exit code %d\n%s", what, code, log)
	}
	if calm := calmLines(t); untold && (code != 3 || returnLines(log) != calm) {
		t.Errorf("%s: the next run: exit code %d; it tells\n%s\nnot\n%s", what, code, returnLines(log), calm)
	}
	if got := state(t, zone); got != want {
		t.Errorf("%s: the zone differs from an undisturbed one:\n%s", what, difference(want, got))
	}
	if code, _, log := program(t, "run", "--zone", zone); code != 0 || !strings.Contains(log, "Nothing new") {
		t.Errorf("%s: the run after that: exit code %d\n%s", what, code, log)
	}
}

// told is the last arrival whose outcome a run has told, 0 for none.
func told(zone string) int {
	var p struct{ Told int }
	text, err := os.ReadFile(filepath.Join(zone, "published/publication.json"))
	if err != nil || json.Unmarshal(text, &p) != nil {
		return 0
	}
	return p.Told
}

// returnLines are the lines of a run's output about returns, with their sum.
func returnLines(log string) string {
	var out []string
	for _, l := range strings.Split(log, "\n") {
		if strings.HasPrefix(l, "0000") {
			out = append(out, l)
		} else if sum, _, ok := strings.Cut(l, " Receipts: "); ok {
			out = append(out, sum)
		}
	}
	return strings.Join(out, "\n")
}

var undisturbed struct {
	once  sync.Once
	lines string
}

// calmLines is what an undisturbed run of a crashZone tells.
func calmLines(t *testing.T) string {
	t.Helper()
	undisturbed.once.Do(func() {
		_, _, log := program(t, "run", "--zone", crashZone(t), "--received-at", crashReceived)
		undisturbed.lines = returnLines(log)
	})
	return undisturbed.lines
}

func difference(want, got string) string {
	in := map[string]int{}
	for _, l := range strings.Split(want, "\n") {
		in[l]++
	}
	var b strings.Builder
	for _, l := range strings.Split(got, "\n") {
		if in[l]--; in[l] < 0 {
			b.WriteString("+ " + l + "\n")
		}
	}
	for _, l := range strings.Split(want, "\n") {
		if in[l] > 0 {
			in[l] = 0
			b.WriteString("- " + l + "\n")
		}
	}
	return b.String()
}

// calmZone is a crashZone after an undisturbed run.
func calmZone(t *testing.T) string {
	t.Helper()
	zone := crashZone(t)
	if code, _, log := program(t, "run", "--zone", zone, "--received-at", crashReceived); code != 3 {
		t.Fatalf("exit code %d\n%s", code, log)
	}
	return zone
}

// sharedCalm is a copy of a crashZone after its run, made once.
func sharedCalm(t *testing.T) string {
	t.Helper()
	calmOnce.Do(func() {
		dir := must(os.MkdirTemp("", "taizhang-calm-"))
		temporary = append(temporary, dir)
		calmDir = filepath.Join(dir, "zone")
		if err := os.CopyFS(calmDir, os.DirFS(calmZone(t))); err != nil {
			t.Fatal(err)
		}
	})
	return copyZone(t, calmDir)
}

var (
	calmOnce sync.Once
	calmDir  string
)

// everything says whether tests take every case, as make soak has them, or a few at random.
func everything() bool { return os.Getenv("TAIZHANG_TEST_STEPS") == "all" }
