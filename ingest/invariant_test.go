package ingest

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"taizhang/ingest/sheet"
)

// checkAccounting counts the rows of a file anew, from its grids alone: each in which somebody sees something, below a
// head, must be loaded, refused, counted once with its like, or recognised as no data.
func checkAccounting(t testing.TB, j *judged) {
	t.Helper()
	for _, pt := range j.parts {
		if pt == nil {
			continue
		}
		lines, ignored := 0, 0
		for _, tb := range pt.tables {
			if tb.unaccounted() != 0 {
				t.Errorf("%s: %d rows below the head, %d lines, %d ignored", tb.grid.Name, tb.below, len(tb.lines), tb.ignored())
			}
			lines += len(tb.lines)
			ignored += tb.ignored()
		}
		if len(pt.records)+len(pt.refused)+pt.repeats != lines && !pt.fatal {
			t.Errorf("%s: %d lines, but %d records, %d refused, %d repeated", pt.form.ID, lines, len(pt.records), len(pt.refused), pt.repeats)
		}
		if pt.ret.RowsIgnored != ignored {
			t.Errorf("%s: says %d rows ignored, %d are", pt.form.ID, pt.ret.RowsIgnored, ignored)
		}
		for _, f := range pt.ret.Findings {
			if f.Rule == "rows_unaccounted" {
				t.Errorf("rows unaccounted: %s", f.Message)
			}
		}
	}
}

var hexText = regexp.MustCompile(`^(archive/../)?[0-9a-f]{32,64}$`) // hashes, paths of originals

var manyDigits = regexp.MustCompile(`(?:^|\D)(1[3-9]\d{9}|\d{6}(?:19|20)\d{9}[\dXx])(?:\D|$)`)

// isOrdinary says whether a text is a word of the forms themselves, which findings may use whatever column it stood in.
func isOrdinary(in *Intake, v string) bool {
	if in.vocab.isWord(v) || in.vocab.titled(v) != nil {
		return true
	}
	for _, values := range in.vocab.lists {
		for word, value := range values {
			if strings.Contains(value, v) || word == heading(v) {
				return true
			}
		}
	}
	_, ok := in.Zone.Match(v)
	return ok || !sevenDigits.MatchString(v) && strings.ContainsAny(v, "0123456789-/.,:：") || len(v) < 12 && manyDigits.FindString(v) == "" && parseable(v)
}

var sevenDigits = regexp.MustCompile(`\d{7}`)

// parseable texts are numbers and dates: no names.
func parseable(v string) bool {
	_, okDate := parseWritten(v)
	_, err := parseDecimal(v)
	return okDate || err == nil
}

// checkMasked proves that nothing said or stored of a file holds a sensitive value of it in clear, nor an identity or
// mobile number. Without names only the numbers are looked for: in random sheets the same word stands anywhere.
func checkMasked(t testing.TB, in *Intake, j *judged, names bool) {
	t.Helper()
	secret := map[string]bool{}
	for _, pt := range j.parts {
		if pt == nil || !pt.form.Sensitive() {
			continue
		}
		for _, tb := range pt.tables {
			for _, l := range tb.lines {
				for k, c := range pt.form.Columns {
					v := plain(l.cells[k].Text)
					if c.Type.Sensitive() && (len(v) >= 6) && l.cells[k].Kind != sheet.Empty && !dashes[v] && !strings.Contains(v, "*") && !isOrdinary(in, v) {
						secret[v] = true
					}
				}
			}
		}
	}
	b := newBatch(in)
	b.add(j)
	for i, pt := range j.parts { // what a rejected return would store is masked too: 放行 loads it
		if pt != nil && !j.report.Returns[i].Outcome.Counts() {
			b.rows(pt)
		}
	}
	check := func(where, text string) {
		if m := manyDigits.FindString(text); m != "" {
			t.Errorf("%s holds the number %q: %s", where, m, text)
		}
		for s := range secret {
			if names && strings.Contains(text, s) {
				t.Errorf("%s holds %q in clear: %s", where, s, text)
			}
		}
	}
	for name, rows := range b.tables {
		if name == "raw.return_column" {
			continue // headings
		}
		for _, row := range rows {
			for _, v := range row {
				s, ok := v.(string)
				if !ok || hexText.MatchString(s) {
					continue
				}
				check(name, s)
			}
		}
	}
	for _, r := range j.report.Returns {
		text, err := json.Marshal(r.Findings)
		if err != nil {
			t.Fatal(err)
		}
		check("findings", string(text))
	}
}
