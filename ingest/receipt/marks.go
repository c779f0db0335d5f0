package receipt

import (
	"cmp"
	"slices"
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/fit"
	"taizhang/ingest/sheet"
)

// perKind is how many findings of one rule are spelled out and marked; the rest
// are counted.
const perKind = 200

// maxComment is how long a comment gets at most, in characters.
const maxComment = 1500

// mark is what is put on one cell.
type mark struct {
	row, col int
	severity finding.Severity
	comment  string
}

// spelled picks the findings of a return that are spelled out, the gravest
// first, and counts the others by severity and rule.
func spelled(r *finding.Return) (shown []finding.Finding, rest []tally) {
	count := map[tally]int{} // keyed with n = 0
	for _, f := range r.Findings {
		k := tally{severity: f.Severity, rule: f.Rule, like: ""}
		count[k]++
		if count[k] <= perKind {
			shown = append(shown, f)
			continue
		}
		i := slices.IndexFunc(rest, func(t tally) bool { return t.severity == f.Severity && t.rule == f.Rule })
		if i < 0 {
			rest = append(rest, tally{severity: f.Severity, rule: f.Rule, like: f.Message})
			i = len(rest) - 1
		}
		rest[i].n++
	}
	slices.SortStableFunc(shown, func(a, b finding.Finding) int { return cmp.Compare(rank(a.Severity), rank(b.Severity)) })
	slices.SortStableFunc(rest, func(a, b tally) int { return cmp.Compare(rank(a.severity), rank(b.severity)) })
	return shown, rest
}

// tally counts findings that are not spelled out.
type tally struct {
	severity finding.Severity
	rule     string
	like     string // message of the first of them
	n        int
}

func rank(s finding.Severity) int {
	switch s {
	case finding.Error:
		return 0
	case finding.Warning:
		return 1
	}
	return 2
}

// marksOf gathers the marks by sheet name. Several findings about one cell make
// one mark in the colour of the gravest.
func marksOf(report *finding.Report) map[string][]mark {
	type place struct {
		sheet    string
		row, col int
	}
	said := map[place][]finding.Finding{}
	var order []place
	for _, r := range report.Returns {
		shown, _ := spelled(r)
		for _, f := range shown {
			row, col, ok := parseRef(f.Cell)
			if !ok {
				continue
			}
			p := place{f.Sheet, row, col}
			if said[p] == nil {
				order = append(order, p)
			}
			said[p] = append(said[p], f)
		}
	}
	marks := map[string][]mark{}
	for _, p := range order {
		fs := said[p]
		slices.SortStableFunc(fs, func(a, b finding.Finding) int { return cmp.Compare(rank(a.Severity), rank(b.Severity)) })
		var b strings.Builder
		for i, f := range fs {
			if i > 0 {
				b.WriteString("\n\n")
			}
			b.WriteString(commentText(f))
		}
		marks[p.sheet] = append(marks[p.sheet], mark{p.row, p.col, fs[0].Severity, fit.Clip(b.String(), maxComment)})
	}
	return marks
}

// commentText says in the comment what the colour says, and what to do.
func commentText(f finding.Finding) string {
	var b strings.Builder
	b.WriteString(commentLead + f.Severity.Label() + "】\n" + f.Message)
	if f.Hint != "" {
		b.WriteString("\n怎样修改：" + f.Hint)
	}
	if f.Suggest != "" {
		b.WriteString("\n建议填写：" + f.Suggest)
	}
	return b.String()
}

// parseRef reads an address such as B7; of a range, its first cell.
func parseRef(ref string) (row, col int, ok bool) {
	ref, _, _ = strings.Cut(strings.ReplaceAll(ref, "$", ""), ":")
	i := 0
	for ; i < len(ref) && i < 4; i++ {
		c := ref[i] &^ 0x20
		if c < 'A' || c > 'Z' {
			break
		}
		col = col*26 + int(c-'A') + 1
	}
	for j := i; j < len(ref); j++ {
		if ref[j] < '0' || ref[j] > '9' || row > maxRow {
			return 0, 0, false
		}
		row = row*10 + int(ref[j]-'0')
	}
	return row, col, i > 0 && row > 0 && row <= maxRow && col <= maxCol
}

const (
	maxRow = 1 << 20
	maxCol = 1 << 14
)

// cellRef gives the A1 form of a mark's cell.
func (m mark) cellRef() string { return sheet.Ref(m.row, m.col) }
