package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// contender is a process that does a row's work.
type contender struct {
	name    string
	command func(*place) []string
	before  func(*place) error // prepares a turn; not measured
	codes   []int              // exit codes beside 0 that are no failure
	slow    bool               // runs in the first round only
	rust    bool               // needs the peer built by cargo
	dbt     bool               // needs dbt
	goal    goal               // what we want to reach against it
	counts  bool               // prints what it saw as our readers do; rowsOnly: the number of rows alone is comparable
	rows    bool
	db      string // where it loads rows
}

// goal is what is wanted against a peer; 0: nothing.
type goal struct {
	ratio   float64 // the peer's processor time is at least that many times ours
	share   float64 // our peak of memory is at most that share of the peer's
	seconds float64 // our processor time, at most
}

// row is a piece of work; the first contender is taizhang.
type row struct {
	id, title string
	set       string // of the data
	all       []contender
}

func rowIDs() []string {
	var out []string
	for _, r := range rows {
		out = append(out, r.id)
	}
	return out
}

// rows are what is measured, with the goals of the project.
var rows = []row{
	{"intake", "2,000 workbooks read, judged and stored, against their bare load", "returns", []contender{
		intake("returns"),
		load("polars", "returns", goal{ratio: 1.5, share: 0.5}),
		slow(load("pandas", "returns", goal{ratio: 20})),
	}},
	{"run", "the whole `run` over 2,000 workbooks (archive, receipts, models, checks, publication), against their bare load", "returns", []contender{
		{name: "taizhang run", before: freshZone, command: func(p *place) []string {
			return []string{p.taizhang, "run", "-q", "--received-at", "2025-11-24 09:00", "--zone", p.work("zone")}
		}, codes: []int{3}, db: "zone/warehouse.duckdb"},
		load("polars", "returns", goal{ratio: 1}),
	}},
	{"big", "one workbook of 1,000,000 rows into a table", "big", []contender{
		intake("big"),
		load("polars", "big", goal{ratio: 1.3, share: 0.5}),
	}},
	{"csv", "100 MB of CSV in GB18030 into a table", "csv", []contender{
		intake("csv"),
		load("iconv", "csv", goal{ratio: 0.8}),
	}},
	{"models", "all models and checks over the 2,000 workbooks' rows (ours with the history of weeks and the publication)", builtSet, []contender{
		{name: "taizhang models run --full", before: builtZone, command: func(p *place) []string {
			return []string{p.taizhang, "models", "run", "--full", "-q", "--zone", p.work("zone")}
		}, db: "zone/warehouse.duckdb"},
		dbtBuild(goal{ratio: 6}),
	}},
	{"again", "the same where nothing has changed", builtSet, []contender{
		{name: "taizhang models run", before: builtZone, command: func(p *place) []string {
			return []string{p.taizhang, "models", "run", "-q", "--zone", p.work("zone")}
		}, db: "zone/warehouse.duckdb"},
		dbtBuild(goal{seconds: 0.05}),
	}},
	{"read-big", "one workbook of 1,000,000 rows, reading alone", "big", []contender{
		ours("read", "big/inbox/产业局/项目明细台账_2025-11-23.xlsx", goal{}),
		python("fastexcel", "big/inbox/产业局/项目明细台账_2025-11-23.xlsx", goal{ratio: 3.5}),
		rust("range", "big/inbox/产业局/项目明细台账_2025-11-23.xlsx", goal{}),
		rust("stream", "big/inbox/产业局/项目明细台账_2025-11-23.xlsx", goal{ratio: 2.2}),
		ours("inflate", "big/inbox/产业局/项目明细台账_2025-11-23.xlsx", goal{ratio: 0.5}),
	}},
	{"read-small", "2,000 workbooks, reading alone", "returns", []contender{
		ours("read", "returns/inbox", goal{}),
		python("fastexcel", "returns/inbox", goal{ratio: 2.5}),
		rust("range", "returns/inbox", goal{}),
		rust("stream", "returns/inbox", goal{ratio: 1.5}),
		ours("inflate", "returns/inbox", goal{}),
	}},
	{"xls", "an .xls of 65,000 × 12, reading alone", "xls", []contender{
		ours("read", "xls/details.xls", goal{}),
		rust("range", "xls/details.xls", goal{ratio: 1}),
		python("python-calamine", "xls/details.xls", goal{ratio: 2}),
		python("xlrd", "xls/details.xls", goal{ratio: 6}),
	}},
}

func intake(set string) contender {
	return contender{name: "taizhang intake", db: "ours.duckdb", command: func(p *place) []string {
		return []string{p.alone, "intake", p.data(set), p.work("ours.duckdb")}
	}, before: func(p *place) error { return p.archived(set) }}
}

// load is a peer that loads a set's rows by peers/load.py.
func load(peer, set string, g goal) contender {
	name := map[string]string{"polars": "polars + duckdb", "pandas": "pandas (openpyxl) + duckdb", "iconv": "iconv + duckdb read_csv"}[peer]
	return contender{name: name, goal: g, db: peer + ".duckdb", command: func(p *place) []string {
		return []string{p.python, p.script("load.py"), peer, set, p.data(set), p.work(peer + ".duckdb")}
	}}
}

// builtSet are the returns, taken in and built.
const builtSet = "built"

// dbtBuild builds and tests the same models over a copy of the warehouse.
func dbtBuild(g goal) contender {
	return contender{name: "dbt build (dbt-duckdb)", goal: g, dbt: true, db: "dbt.duckdb", command: func(p *place) []string {
		return []string{p.dbt, "--quiet", "build", "--project-dir", p.work("dbt"), "--profiles-dir", p.work("dbt")}
	}}
}

// builtZone makes a zone in which the returns are taken in, and a dbt project over a copy of its warehouse, once for a row.
func builtZone(p *place) error {
	if _, err := os.Stat(p.work("dbt.duckdb")); err == nil {
		return nil
	}
	if err := freshZone(p); err != nil {
		return err
	}
	run := exec.Command(p.taizhang, "run", "-q", "--received-at", "2025-11-24 09:00", "--zone", p.work("zone"))
	if text, err := run.CombinedOutput(); err != nil && run.ProcessState.ExitCode() != 3 { // 3: some returns have faults
		return fmt.Errorf("%w: %s", err, tail(string(text)))
	}
	content, err := os.ReadFile(p.work("zone/warehouse.duckdb"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(p.work("dbt.duckdb"), content, 0o644); err != nil {
		return err
	}
	text, err := exec.Command(p.python, p.script("dbt_project.py"), filepath.Join(p.scripts, "..", "..", "transform", "models"), p.work("dbt.duckdb"), p.work("dbt")).CombinedOutput()
	if err != nil {
		return fmt.Errorf("make the dbt project: %w: %s", err, tail(string(text)))
	}
	return nil
}

func slow(c contender) contender {
	c.slow = true
	return c
}

// ours is a part of taizhang by itself.
func ours(part, path string, g goal) contender {
	name := map[string]string{"read": "taizhang reader", "inflate": "bare inflate"}[part]
	return contender{name: name, goal: g, counts: part == "read", command: func(p *place) []string { return []string{p.alone, part, p.data(path)} }}
}

func python(reader, path string, g goal) contender {
	return contender{name: reader, goal: g, counts: true, rows: reader == "fastexcel", command: func(p *place) []string { return []string{p.python, p.script("read.py"), reader, p.data(path)} }}
}

func rust(way, path string, g goal) contender {
	name := map[string]string{"range": "calamine (Rust), whole sheet", "stream": "calamine (Rust), cell stream"}[way]
	return contender{name: name, goal: g, counts: true, rust: true, command: func(p *place) []string { return []string{p.calamine, way, p.data(path)} }}
}

// missing says why a contender can't run here.
func (c contender) missing(p *place) string {
	if c.rust && p.calamine == "" {
		return p.noRust
	}
	if c.dbt && p.dbt == "" {
		return p.noDBT
	}
	return ""
}

// freshZone makes a zone whose inbox holds the returns. The one before is set aside until the row is done: for a minute
// after thousands of files were removed, ext4 passes their places over one by one for each new file, a second for two
// thousand returns.
func freshZone(p *place) error {
	zone := p.work("zone")
	if _, err := os.Stat(zone); err == nil {
		if err := os.Rename(zone, p.work(fmt.Sprint("zone-", time.Now().UnixNano()))); err != nil {
			return err
		}
	}
	if err := os.CopyFS(filepath.Join(zone, "inbox"), os.DirFS(p.data("returns/inbox"))); err != nil {
		return err
	}
	text, err := os.ReadFile(p.data("returns/taizhang.yaml"))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(zone, "taizhang.yaml"), text, 0o644)
}

// compare holds what the contenders loaded or saw against ours; each difference is a line.
func compare(p *place, r row, all []contender, results []contenderResult) []string {
	var out []string
	mine := all[0]
	for i, c := range all[1:] {
		if results[i+1].Skipped != "" {
			continue
		}
		switch {
		case c.db != "":
			args := []string{p.script("compare.py"), r.set, p.data(r.set), p.work(mine.db), p.work(c.db)}
			if r.set == builtSet {
				args = []string{p.script("compare_models.py"), p.work(mine.db), p.work(c.db)}
			}
			text, err := exec.Command(p.python, args...).CombinedOutput()
			fmt.Printf("   %s: %s\n", c.name, strings.ReplaceAll(strings.TrimSpace(string(text)), "\n", "\n      "))
			if err != nil {
				out = append(out, fmt.Sprintf("taizhang and %s: %s", c.name, tail(string(text))))
			}
		case c.counts:
			if a, b := results[0].Said, results[i+1].Said; !sameCounts(a, b, c.rows) {
				out = append(out, fmt.Sprintf("taizhang and %s saw other (files rows cells dates bytes): %q and %q", c.name, a, b))
			}
		}
	}
	return out
}

// sameCounts compares what two readers saw: all five counts, or files and rows only.
func sameCounts(a, b string, rows bool) bool {
	x, y := strings.Fields(a), strings.Fields(b)
	if len(x) != 5 || len(y) != 5 || x[1] == "0" {
		return false
	}
	if rows {
		x, y = x[:2], y[:2]
	}
	return strings.Join(x, " ") == strings.Join(y, " ")
}
