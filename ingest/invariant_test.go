package ingest

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"taizhang/ingest/cell"
	"taizhang/ingest/judge"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
)

// checkAccounting counts the rows of a file anew, from its grids alone: each in which somebody sees something, below a
// head, must be loaded, refused, counted once with its like, or recognised as no data.
func checkAccounting(t testing.TB, j *judge.Judged) {
	t.Helper()
	for _, pt := range j.Parts {
		if pt == nil {
			continue
		}
		lines, ignored := 0, 0
		for _, tb := range pt.Tables {
			if tb.Unaccounted() != 0 {
				t.Errorf("%s: %d rows below the head, %d lines, %d ignored", tb.Grid.Name, tb.Below, len(tb.Lines), tb.Ignored())
			}
			lines += len(tb.Lines)
			ignored += tb.Ignored()
		}
		if len(pt.Records)+len(pt.Refused)+pt.Repeats != lines && !pt.Fatal {
			t.Errorf("%s: %d lines, but %d records, %d refused, %d repeated", pt.Form.ID, lines, len(pt.Records), len(pt.Refused), pt.Repeats)
		}
		if pt.Ret.RowsIgnored != ignored {
			t.Errorf("%s: says %d rows ignored, %d are", pt.Form.ID, pt.Ret.RowsIgnored, ignored)
		}
		for _, f := range pt.Ret.Findings {
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
	if in.read.Vocab.IsWord(v) || in.read.Vocab.Titled(v) != nil {
		return true
	}
	for _, values := range in.read.Vocab.Lists {
		for word, value := range values {
			if strings.Contains(value, v) || word == written.Heading(v) {
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
	_, okDate := written.ParseWritten(v)
	_, err := written.ParseDecimal(v)
	return okDate || err == nil
}

// markText is a finding's mark as JSON holds it: a hash.
var markText = regexp.MustCompile(`"mark":"[0-9a-f]{16}"`)

// checkMasked proves that nothing said or stored of a file holds a sensitive value of it in clear, nor an identity or
// mobile number. Without names only the numbers are looked for: in random sheets the same word stands anywhere.
func checkMasked(t testing.TB, in *Intake, j *judge.Judged, names bool) {
	t.Helper()
	secret := map[string]bool{}
	for _, pt := range j.Parts {
		if pt == nil || !pt.Form.Sensitive() {
			continue
		}
		for _, tb := range pt.Tables {
			for _, l := range tb.Lines {
				for k, c := range pt.Form.Columns {
					v := written.Plain(l.Cell(k).Text)
					if c.Type.Sensitive() && (len(v) >= 6) && l.Cell(k).Kind != sheet.Empty && !cell.Dashes[v] && !strings.Contains(v, "*") && !isOrdinary(in, v) {
						secret[v] = true
					}
				}
			}
		}
	}
	b := newBatch(in)
	b.add(j)
	for i, pt := range j.Parts { // what a rejected return would store is masked too: 放行 loads it
		if pt != nil && !j.Report.Returns[i].Outcome.Counts() {
			b.rows(pt)
		}
	}
	check := func(where, text string) {
		text = markText.ReplaceAllString(text, "") // eleven digits in a row are no number of a person there
		if m := manyDigits.FindString(text); m != "" {
			t.Errorf("%s holds the number %q: %s", where, m, text)
		}
		for s := range secret {
			if names && strings.Contains(strings.ReplaceAll(text, s+"村", ""), s) { // 平安村 names nobody who is called 平安
				t.Errorf("%s holds %q in clear: %s", where, s, text)
			}
		}
	}
	checkRow := func(name string, row []any) {
		for _, v := range row {
			if s, ok := v.(string); ok && !hexText.MatchString(s) {
				check(name, s)
			}
		}
	}
	for name, rows := range b.tables {
		if name == "raw.return_column" {
			continue // headings
		}
		for _, row := range rows {
			checkRow(name, row)
		}
	}
	for _, f := range in.Forms.Forms {
		n, next := b.typed(f)
		for range n {
			row, err := next()
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range row {
				checkRow(f.ID, []any{v.S})
			}
		}
	}
	for _, r := range j.Report.Returns {
		text, err := json.Marshal(r.Findings)
		if err != nil {
			t.Fatal(err)
		}
		check("findings", string(text))
	}
}
