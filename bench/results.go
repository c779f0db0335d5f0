package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"
)

// results are the newest measurements of each row, by its id.
type results map[string]measurement

// measurement is one row, measured.
type measurement struct {
	At          time.Time
	Commit      string
	Rounds      int
	Load        [2]float64 // load of the machine before and after
	Contenders  []contenderResult
	Differences []string // between the rows that were loaded or seen
}

// contenderResult is what one contender took.
type contenderResult struct {
	Name    string
	Used    map[int]usage // by round
	Said    string        // its last line of the first round
	Skipped string        // why it did not run
}

func (c *contenderResult) add(round int, u usage) {
	if c.Used == nil {
		c.Used = map[int]usage{}
	}
	if round == 1 {
		c.Said = u.said
	}
	c.Used[round] = u
}

// spread is the least, the middle and the most of some values; all 0 of none.
type spread struct{ min, median, max float64 }

func spreadOf(v []float64) spread {
	if len(v) == 0 {
		return spread{}
	}
	v = slices.Sorted(slices.Values(v))
	n := len(v)
	return spread{v[0], (v[(n-1)/2] + v[n/2]) / 2, v[n-1]}
}

func (c contenderResult) cpu() spread {
	var v []float64
	for _, u := range c.Used {
		v = append(v, u.CPU)
	}
	return spreadOf(v)
}

// peak is the most memory of all rounds, MiB.
func (c contenderResult) peak() float64 {
	most := 0.0
	for _, u := range c.Used {
		most = max(most, u.Peak)
	}
	return most
}

// ratio is the peer's processor time divided by ours, round by round.
func ratio(ours, peer contenderResult) spread {
	var v []float64
	for round, u := range peer.Used {
		if o, ok := ours.Used[round]; ok && o.CPU > 0 {
			v = append(v, u.CPU/o.CPU)
		}
	}
	return spreadOf(v)
}

// verdict says which parts of a goal were reached; "" where there is none.
func (g goal) verdict(ours, peer contenderResult) string {
	if g == (goal{}) || len(peer.Used) == 0 {
		return ""
	}
	out := ""
	tell := func(what string, met bool) {
		if out != "" {
			out += ", "
		}
		if !met {
			what += " **missed**"
		} else {
			what += " met"
		}
		out += what
	}
	if g.ratio > 0 {
		tell("time", ratio(ours, peer).median >= g.ratio)
	}
	if g.share > 0 && peer.peak() > 0 {
		tell("memory", ours.peak() <= g.share*peer.peak())
	}
	if g.seconds > 0 {
		tell("time", ours.cpu().median <= g.seconds)
	}
	return out
}

func (g goal) String() string {
	out := ""
	if g.ratio > 0 {
		out = fmt.Sprintf("≥ %g×", g.ratio)
	}
	if g.share > 0 {
		out += fmt.Sprintf(", memory ≤ %g of it", g.share)
	}
	if g.seconds > 0 {
		out = fmt.Sprintf("ours ≤ %g s", g.seconds)
	}
	return out
}

// printRow tells a row's result on the terminal; goals are those of the full size.
func printRow(w io.Writer, r row, m measurement, small bool) {
	for i, c := range m.Contenders {
		if c.Skipped != "" {
			fmt.Fprintf(w, "   %-32s left out: %s\n", c.Name, c.Skipped)
			continue
		}
		s, g := c.cpu(), r.goalOf(c.Name)
		fmt.Fprintf(w, "   %-32s CPU %.2f/%.2f/%.2f s  %5.0f MiB", c.Name, s.min, s.median, s.max, c.peak())
		if i > 0 {
			x := ratio(m.Contenders[0], c)
			fmt.Fprintf(w, "  ÷ taizhang %.2f/%.2f/%.2f", x.min, x.median, x.max)
			if !small {
				fmt.Fprintf(w, "  %s %s", g, g.verdict(m.Contenders[0], c))
			}
		}
		fmt.Fprintln(w)
	}
	for _, d := range m.Differences {
		fmt.Fprintln(w, "   DIFFERENT:", d)
	}
}

// goalOf is a contender's goal, by its name.
func (r row) goalOf(name string) goal {
	for _, c := range r.all {
		if c.name == name {
			return c.goal
		}
	}
	return goal{}
}

func loadResults(file string) (results, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return results{}, nil
	}
	if err != nil {
		return nil, err
	}
	r := results{}
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return r, nil
}

func (r results) save(file string) error {
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}
