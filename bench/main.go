// Command bench measures taizhang beside the programs that people would
// otherwise load returns with, and holds what they loaded against what we did.
// `make bench-peers` runs it from the root of the tree.
//
// Words: a row is one piece of work, done by taizhang and by its peers from the
// same files; a contender is one whole process that does it; a round runs all
// contenders of a row one after another, so that a busy machine is busy for all;
// a ratio is the peer's processor time divided by ours in the same round; a goal
// is what the ratio, or our share of the peer's memory, should reach.
//
// Rows that differ fail the command. Time and memory never do: they are
// written into docs/benchmarks.md.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// errSkipped: the peers can't be had here.
var errSkipped = errors.New("skipped")

func main() {
	small := flag.Bool("small", false, "a small set, to compare rows only; docs/benchmarks.md stays as it is")
	names := flag.String("rows", "", "measure these rows only, separated by commas: "+strings.Join(rowIDs(), ", "))
	rounds := flag.Int("rounds", 0, "rounds of each row (default 5, small 1)")
	dir := flag.String("dir", "bench/.peers", "private folder for peers, data and results")
	flag.Parse()
	err := run(*small, *names, *rounds, *dir)
	if errors.Is(err, errSkipped) && os.Getenv("CI") == "" {
		fmt.Println("bench-peers", err)
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(small bool, names string, rounds int, dir string) error {
	chosen, err := choose(names)
	if err != nil {
		return err
	}
	if rounds == 0 {
		rounds = 5
		if small {
			rounds = 1
		}
	}
	dir, err = filepath.Abs(dir)
	if err != nil {
		return err
	}
	p, err := prepare(dir, small)
	if err != nil {
		return err
	}
	results, err := loadResults(p.resultsFile())
	if err != nil {
		return err
	}
	if small {
		fmt.Println("The small set: what is loaded is compared; sizes and times are not those of the rows' names.")
	}
	var differing []string
	for _, r := range chosen {
		fmt.Printf("== %s: %s\n", r.id, r.title)
		measured, err := measureRow(p, r, rounds)
		if err != nil {
			return fmt.Errorf("%s: %w", r.id, err)
		}
		printRow(os.Stdout, r, measured, small)
		for _, d := range measured.Differences {
			differing = append(differing, r.id+": "+d)
		}
		results[r.id] = measured
		if err := results.save(p.resultsFile()); err != nil {
			return err
		}
	}
	if len(differing) > 0 {
		return fmt.Errorf("rows differ:\n%s", strings.Join(differing, "\n"))
	}
	if small {
		return nil
	}
	text := report(thisMachine(), p.versions(), p.facts, results)
	file := filepath.Join("docs", "benchmarks.md")
	if before, err := os.ReadFile(file); err == nil { // what others measure stays
		if _, others, ok := strings.Cut(string(before), "\n## "); ok {
			text += "\n## " + others
		}
	}
	return os.WriteFile(file, []byte(text), 0o644)
}

// choose gives the rows of a list of their ids, all of an empty one.
func choose(names string) ([]row, error) {
	if names == "" {
		return rows, nil
	}
	var out []row
	for _, name := range strings.Split(names, ",") {
		found := false
		for _, r := range rows {
			if r.id == strings.TrimSpace(name) {
				out, found = append(out, r), true
			}
		}
		if !found {
			return nil, fmt.Errorf("there is no row %q; there are %s", name, strings.Join(rowIDs(), ", "))
		}
	}
	return out, nil
}

// measureRow runs a row's contenders in turns. What was loaded is compared after the first turn of each.
func measureRow(p *place, r row, rounds int) (measurement, error) {
	m := measurement{At: time.Now().Truncate(time.Second), Commit: commit(), Rounds: rounds, Load: [2]float64{loadAverage(), 0}}
	if err := p.clearWork(); err != nil {
		return m, err
	}
	all := r.all
	for _, c := range all {
		m.Contenders = append(m.Contenders, contenderResult{Name: c.name})
	}
	first := 1
	if !p.small && rounds > 1 {
		first = 0 // a round to warm up: programs and files come into the cache
	}
	for round := first; round <= rounds; round++ {
		for i, c := range all {
			if c.slow && round != 1 {
				continue
			}
			if why := c.missing(p); why != "" {
				m.Contenders[i].Skipped = why
				continue
			}
			used, err := p.measure(c)
			if err != nil {
				return m, err
			}
			if round > 0 {
				m.Contenders[i].add(round, used)
			}
		}
		if round == 1 {
			m.Differences = compare(p, r, all, m.Contenders)
		}
	}
	m.Load[1] = loadAverage()
	return m, p.clearWork() // now: see freshZone
}
