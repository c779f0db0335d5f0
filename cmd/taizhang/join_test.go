package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"taizhang/internal/tooltest"
)

// joinZone is a zone with one unit that has handed in n problems, the second of them in a state. Such zones share the
// units' codes and names and the numbers of returns.
func joinZone(t *testing.T, dir, code, name string, n int, state string) {
	t.Helper()
	joinConfigure(t, dir, code, name)
	joinHandIn(t, dir, "问题台账.csv", n, state, "2022-08-15 09:00")
}

func joinConfigure(t *testing.T, dir, code, name string) {
	t.Helper()
	writeLongAgo(t, filepath.Join(dir, "taizhang.yaml"), fmt.Sprintf(`zone: %s
code: %s
as_of: 2022-08-15
submitters:
  - {code: cyj, name: 产业局, kind: department}
  - {code: jsj, name: 建设局, kind: department}
returns:
  - {form: problem, from: [产业局, 建设局], due: monday 12:00, since: 2022-W32}
`, name, code))
}

// TestEightZones: eight zones, each taken in and exported by a process of its own, two at a time into one lake, lose
// nothing; they are joined from there.
func TestEightZones(t *testing.T) {
	tooltest.Thorough(t)
	if testing.Short() {
		t.Skip("takes seconds")
	}
	root := t.TempDir()
	lake := filepath.Join(root, "lake")
	var wait sync.WaitGroup
	for half := range 2 {
		wait.Go(func() {
			for i := half; i < 8; i += 2 {
				dir := filepath.Join(root, fmt.Sprint("z", i))
				joinConfigure(t, dir, fmt.Sprint("z", i), fmt.Sprintf("第%d区", i))
				joinDrop(t, dir, "问题台账.csv", i+1, "已办结,2022-07-20")
				for _, args := range [][]string{{"run", "--received-at", "2022-08-15 09:00"}, {"export", "--to", lake}} {
					c, log := start(t, append(args, "--zone", dir)...)
					if err := c.Wait(); err != nil {
						t.Errorf("%v: %v\n%s", args, err, log.String())
					}
				}
			}
		})
	}
	wait.Wait()
	city := filepath.Join(root, "city")
	if code, _, log := program(t, "join", lake, "--to", city, "--name", "湘潭市", "--code", "city"); code != 0 {
		t.Fatalf("exit code %d\n%s", code, log)
	}
	// A join that is killed leaves what was published; the next one finishes.
	joinDrop(t, filepath.Join(root, "z3"), "更正.csv", 9, "已办结,2022-07-20")
	for _, args := range [][]string{{"run", "--received-at", "2022-08-15 10:00"}, {"export", "--to", lake}} {
		if code, _, log := program(t, append(args, "--zone", filepath.Join(root, "z3"))...); code != 0 {
			t.Fatalf("%v: exit code %d\n%s", args, code, log)
		}
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	for _, after := range []int{2 + r.IntN(5), 10 + r.IntN(20), 30 + r.IntN(30)} {
		t.Setenv("TAIZHANG_TEST_KILL_AT", fmt.Sprint(after))
		c, _ := start(t, "join", "--to", city)
		_ = c.Wait()
		if got := byZone(t, city, "problems_collected"); !strings.HasPrefix(got["z3"], "4 ") && !strings.HasPrefix(got["z3"], "9 ") {
			t.Errorf("after a kill at step %d: %v", after, got)
		}
	}
	t.Setenv("TAIZHANG_TEST_KILL_AT", "")
	if code, _, log := program(t, "join", "--to", city); code != 0 {
		t.Fatalf("exit code %d\n%s", code, log)
	}
	got := byZone(t, city, "problems_collected")
	if !strings.HasPrefix(got["z3"], "9 ") {
		t.Errorf("after the kills: %v", got)
	}
	delete(got, "z3")
	for i := range 8 {
		if i == 3 {
			continue
		}
		if !strings.HasPrefix(got[fmt.Sprint("z", i)], fmt.Sprint(i+1, " ")) {
			t.Errorf("zone %d: %v", i, got)
		}
	}
	script, err := os.ReadFile(filepath.Join(lake, "attach.duckdb.sql"))
	if err != nil || !strings.Contains(string(script), `view raw."problem"`) {
		t.Errorf("%v\n%s", err, script)
	}
}

// joinDrop drops the unit's problems into the inbox.
func joinDrop(t *testing.T, dir, file string, n int, state string) {
	t.Helper()
	var b strings.Builder
	b.WriteString("问题台账\n填报单位：产业局,,报送期：2022年第32周\n问题编号,问题来源,责任清单,问题描述,牵头单位,交办日期,办结时限,办理状态,办结日期\n")
	for i := range n {
		said := "办理中,"
		if i == 1 {
			said = state
		}
		fmt.Fprintf(&b, "CY-%03d,走访调研,基层治理,路灯不亮%d,产业局,2022-07-01,2022-08-01,%s\n", i+1, i, said)
	}
	writeLongAgo(t, filepath.Join(dir, "inbox/产业局", file), b.String())
}

// joinHandIn hands in the unit's problems and exports the zone.
func joinHandIn(t *testing.T, dir, file string, n int, state, at string) {
	t.Helper()
	joinDrop(t, dir, file, n, state)
	for _, args := range [][]string{{"run", "--received-at", at}, {"export", "--to", dir + ".lake"}} {
		if code, _, log := program(t, append(args, "--zone", dir)...); code != 0 {
			t.Fatalf("%v: exit code %d\n%s", args, code, log)
		}
	}
}

// byZone are a metric's figures by zone.
func byZone(t *testing.T, city, metric string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, f := range mustJSON(t, "metrics", metric, "--by", "zone", "--zone", city) {
		out[f["zone"].(string)] = fmt.Sprintf("%v %v/%v %v of %v", f["value"], f["num"], f["den"], f["returns_received"], f["returns_expected"])
	}
	return out
}

// TestJoin joins three zones whose units share names and codes: each keeps its figures; a changed cell is followed to the
// city's figure; what is damaged, doubled, of another version or declared otherwise is named and keeps nobody up.
func TestJoin(t *testing.T) {
	t.Parallel()
	tooltest.Thorough(t)
	if testing.Short() {
		t.Skip("takes seconds")
	}
	root := t.TempDir()
	at := func(name string) string { return filepath.Join(root, name) }
	city := at("city")
	join := func(want int, said string, lakes ...string) string {
		t.Helper()
		args := []string{"join", "--to", city}
		for _, l := range lakes {
			args = append(args, at(l+".lake"))
		}
		if _, err := os.Stat(city); err != nil {
			args = append(args, "--name", "湘潭市", "--code", "city")
		}
		code, out, log := program(t, args...)
		if code != want || !strings.Contains(log+out, said) {
			t.Errorf("%v: exit code %d, not %d, saying %q\n%s%s", args, code, want, said, out, log)
		}
		return out + log
	}
	joinZone(t, at("a"), "a", "甲区", 3, "已办结,2022-07-20")
	joinZone(t, at("b"), "b", "乙区", 4, "办理中,")
	joinZone(t, at("c"), "c", "丙区", 5, "已办结,2022-07-20")
	join(0, "Published", "a", "b", "c")
	join(0, "Nothing new", "a", "b", "c")

	// Each zone's figures are its own, all of them, and the unit of one is no other's.
	for _, z := range []string{"a", "b", "c"} {
		want, got := figuresOf(t, at(z)), figuresOf(t, city, "--where", "zone="+z)
		if len(want) < 40 || len(got) != len(want) {
			t.Errorf("%s: %d figures, %d alone", z, len(got), len(want))
		}
		for m, w := range want {
			for _, k := range []string{"value", "num", "den", "returns_expected", "returns_received", "rows_refused", "values_emptied"} {
				if fmt.Sprint(got[m][k]) != fmt.Sprint(w[k]) {
					t.Errorf("%s, %s, %s: %v, alone %v", z, m, k, got[m][k], w[k])
				}
			}
		}
	}
	units := map[string]string{}
	for _, by := range []string{"submitter", "department"} {
		for _, f := range mustJSON(t, "metrics", "problems_collected", "--by", by, "--zone", city) {
			units[by+f[by].(string)] = fmt.Sprint(f["value"])
		}
	}
	if fmt.Sprint(units) != "map[department丙区产业局:5 department乙区产业局:4 department甲区产业局:3 submitter丙区产业局:5 submitter乙区产业局:4 submitter甲区产业局:3]" {
		t.Error(units)
	}
	if got := byZone(t, city, "closure_rate"); fmt.Sprint(got) != "map[a:0.3333333333333333 1/3 1 of 2 b:0 0/4 1 of 2 c:0.2 1/5 1 of 2]" {
		t.Error(got)
	}

	// One cell of one return of one zone changes; the city's figure leads to it.
	joinHandIn(t, at("b"), "更正.csv", 4, "已办结,2022-08-10", "2022-08-15 10:00")
	join(0, "Published", "a", "b", "c")
	if got := byZone(t, city, "problems_closed"); !strings.HasPrefix(got["b"], "1 ") {
		t.Error(got)
	}
	rows := mustJSON(t, "trace", "problems_closed", "--where", "zone=乙区", "--zone", city)
	if len(rows) != 1 || rows[0]["zone"] != "b" || rows[0]["return"] != "b:000002-1" || rows[0]["file"] != "更正.csv" || fmt.Sprint(rows[0]["row"]) != "5" || rows[0]["cells"].(map[string]any)["办理状态"] != "H5" {
		t.Error(rows)
	}
	if code, out, log := program(t, "returns", "show", "b:000001-1", "-f", "json", "--zone", city); code != 0 || !strings.Contains(out, `"superseded_by": "b:000002-1"`) && !strings.Contains(out, `"superseded_by":"b:000002-1"`) || !strings.Contains(out, "乙区产业局") {
		t.Errorf("exit code %d\n%s%s", code, out, log)
	}

	// The city's weekly: same sheets, with a row for each zone.
	if code, out, log := program(t, "summary", "--zone", city); code != 0 || !strings.Contains(out, "湘潭市周报_截至2022-08-15.xlsx") {
		t.Errorf("exit code %d\n%s%s", code, out, log)
	}
	text := unzipped(t, filepath.Join(city, "summaries/湘潭市周报_截至2022-08-15.xlsx"))
	for _, want := range []string{"各园区", "甲区", "乙区", "丙区", "甲区产业局"} {
		if !strings.Contains(text, want) {
			t.Errorf("the weekly lacks %s", want)
		}
	}

	// A damaged export keeps nobody up: c's news counts, a stands as it was.
	spoil := func(zone, table string) {
		t.Helper()
		files, err := filepath.Glob(at(zone + ".lake/tables/" + table + "/*/*/*.parquet"))
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		for _, f := range files {
			if err := os.Truncate(f, 50); err != nil {
				t.Fatal(err)
			}
		}
	}
	joinHandIn(t, at("a"), "更正.csv", 3, "办理中,", "2022-08-15 10:00")
	joinHandIn(t, at("c"), "更正.csv", 6, "已办结,2022-07-20", "2022-08-15 10:00")
	spoil("a", "raw.problem")
	join(1, "it has 50 bytes", "a", "b", "c")
	if got := byZone(t, city, "problems_collected"); !strings.HasPrefix(got["a"], "3 ") || !strings.HasPrefix(got["c"], "6 ") {
		t.Error(got)
	}
	if got := byZone(t, city, "problems_closed"); !strings.HasPrefix(got["a"], "1 ") { // as before the damage
		t.Error(got)
	}
	if _, _, log := program(t, "status", "--zone", city); !strings.Contains(log, "zone a 甲区: its export is damaged") {
		t.Error(log)
	}
	if code, _, log := program(t, "export", "--to", at("a.lake"), "--zone", at("a")); code != 0 || !strings.Contains(log, "written anew") {
		t.Errorf("exit code %d\n%s", code, log)
	}
	join(0, "Published") // the folders of the last time
	if got := byZone(t, city, "problems_closed"); !strings.HasPrefix(got["a"], "0 ") {
		t.Error(got)
	}

	// Culprits are named, the others stay.
	joinZone(t, at("d"), "a", "丁区", 2, "办理中,")
	join(1, "another zone of this code is joined already (甲区)", "d", "b", "c")
	joinZone(t, at("e"), "B", "戊区", 2, "办理中,")
	join(1, "the codes b and B differ in case only", "a", "b", "c", "e")
	form, err := os.ReadFile("../../ingest/forms/problem.yaml")
	if err != nil {
		t.Fatal(err)
	}
	writeLongAgo(t, at("f/forms/problem.yaml"), regexp.MustCompile(`title: 复核人[^,}]*`).ReplaceAllString(string(form), "title: 复核的人"))
	joinZone(t, at("f"), "f", "己区", 2, "办理中,")
	join(1, "its forms are declared otherwise than here: problem.reviewer", "a", "b", "c", "f")
	joinZone(t, at("g"), "g", "庚区", 2, "办理中,")
	manifest := at("g.lake/zones/g/manifest.json")
	whole, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ from, to, want string }{
		{`"schema": [0-9]+`, `"schema": 0`, "exported by an older program"}, {`"schema": [0-9]+`, `"schema": 999`, "exported by a newer program"},
		{`"format": 1,`, `"format": 999,`, "written by a newer program"}, {`tables/raw`, `../raw`, "a file that can't be this zone's"}, {`(?s)^.*$`, `{`, "no manifest"},
	} {
		if err := os.WriteFile(manifest, regexp.MustCompile(c.from).ReplaceAll(whole, []byte(c.to)), 0o644); err != nil {
			t.Fatal(err)
		}
		join(1, c.want, "a", "b", "c", "g")
	}
	if got := byZone(t, city, "problems_collected"); len(got) != 3 || !strings.HasPrefix(got["a"], "3 ") {
		t.Error(got)
	}
	join(1, "no folder holds an export of it", "a", "b")
	join(0, "Nothing new", "a", "b", "c")

	// What takes in returns isn't joined into, and what is joined takes in nothing.
	if code, _, log := program(t, "join", at("a.lake"), "--to", at("b")); code != 2 || !strings.Contains(log, "takes in returns itself") {
		t.Errorf("exit code %d\n%s", code, log)
	}
	for _, args := range [][]string{{"rebuild"}, {"returns", "withdraw", "a:000001-1", "--reason", "x"}, {"models", "run", "--full"}} {
		if code, _, log := program(t, append(args, "--zone", city)...); code != 2 || !strings.Contains(log, "taizhang join") {
			t.Errorf("%v: exit code %d\n%s", args, code, log)
		}
	}
	if code, _, log := program(t, "run", "--zone", city); code != 0 {
		t.Errorf("exit code %d\n%s", code, log)
	}
}
