package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// machine is what was measured on.
type machine struct {
	Cores     int
	Memory    float64 // GiB, 0 unknown
	Processor string
	System    string
}

func thisMachine() machine {
	m := machine{Cores: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH, Processor: "unknown processor"}
	text, _ := os.ReadFile("/proc/cpuinfo")
	for _, line := range strings.Split(string(text), "\n") {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			m.Processor = strings.TrimSpace(value)
			break
		}
	}
	var kilobytes float64
	text, _ = os.ReadFile("/proc/meminfo")
	if _, err := fmt.Sscanf(string(text), "MemTotal: %f kB", &kilobytes); err == nil {
		m.Memory = kilobytes / (1 << 20)
	}
	return m
}

// report is docs/benchmarks.md.
func report(m machine, versions []string, f facts, all results) string {
	var b strings.Builder
	b.WriteString(`# Benchmarks

Written by ` + "`make bench-peers`" + `: taizhang beside the programs that people would otherwise load returns with, on the same files.
Each contender is a whole process, start-up included; all of a row take turns, round by round. **CPU** is user and system time of the process and its children,
**memory** the most that was resident. **×** is the peer's CPU divided by taizhang's in the same round: above 1 taizhang needs less.
Values are min / median / max of the rounds. A peer that takes minutes runs once.

taizhang's intake does more than its peers: it finds forms and heads by meaning, types and checks every cell, compares each return with those before, and keeps findings;
the peers are told where the head is, what the columns mean, and load whatever fits. The whole ` + "`run`" + ` also archives, writes receipts, builds and checks all models and publishes.
After the first round every column of every row that taizhang stored is compared with what each peer loaded; readers are compared by files, rows, cells, dates and bytes of text.
dbt builds and tests taizhang's own models and checks (stg as views, all others as tables) over a copy of the warehouse, and the rows of all tables of core and mart are compared; taizhang's build also
makes the figures, their history by week and the publication.

`)
	fmt.Fprintf(&b, "Machine: %d cores of %s", m.Cores, m.Processor)
	if m.Memory > 0 {
		fmt.Fprintf(&b, ", %.0f GiB of memory", m.Memory)
	}
	fmt.Fprintf(&b, ", %s. Versions: %s.\n\n", m.System, strings.Join(versions, ", "))
	fmt.Fprintf(&b, "Data (`bench/peers/generate.py`, always the same): %d workbooks with %d rows, %d of them with faults, %d saved by LibreOffice; a workbook of %d rows (%d MB); %d MB of CSV in GB18030 (%d rows); an .xls of %d rows.\n\n",
		f.Returns.Workbooks, f.Returns.Rows, f.Returns.Faulty, f.Returns.LibreOffice, f.Big.Rows, f.Big.Bytes/1e6, f.CSV.Bytes/1e6, f.CSV.Rows, f.XLS.Rows)
	b.WriteString("| contender | CPU, s | memory, MiB | × | goal | |\n|---|---|---|---|---|---|\n")
	var notes []string
	for _, r := range rows {
		m, ok := all[r.id]
		if !ok {
			notes = append(notes, fmt.Sprintf("`%s` (%s): not measured.", r.id, r.title))
			continue
		}
		writeRow(&b, r, m)
		same := "all rows the same"
		if len(m.Differences) > 0 {
			same = "**rows differ**: " + strings.Join(m.Differences, "; ")
		}
		notes = append(notes, fmt.Sprintf("`%s`: %s, %d rounds, tree %s, load of the machine %.1f before and %.1f after; %s.", r.id, m.At.Format("2006-01-02 15:04"), m.Rounds, m.Commit, m.Load[0], m.Load[1], same))
	}
	b.WriteString("\n")
	for _, n := range notes {
		b.WriteString("- " + n + "\n")
	}
	return b.String()
}

func writeRow(b *strings.Builder, r row, m measurement) {
	fmt.Fprintf(b, "| **%s**: %s | | | | | |\n", r.id, r.title)
	for i, c := range m.Contenders {
		if c.Skipped != "" {
			fmt.Fprintf(b, "| %s | left out: %s | | | %s | |\n", c.Name, oneLine(c.Skipped), r.goalOf(c.Name))
			continue
		}
		s, x, g := c.cpu(), "", goal{}
		if i > 0 {
			v := ratio(m.Contenders[0], c)
			x, g = fmt.Sprintf("%.2f / %.2f / %.2f", v.min, v.median, v.max), r.goalOf(c.Name)
		}
		fmt.Fprintf(b, "| %s | %.2f / %.2f / %.2f | %.0f | %s | %s | %s |\n", c.Name, s.min, s.median, s.max, c.peak(), x, g, g.verdict(m.Contenders[0], c))
	}
}

// oneLine fits a text into a cell of a table.
func oneLine(s string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "|", "/")
}
