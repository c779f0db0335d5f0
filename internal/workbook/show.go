package workbook

import (
	"strings"
	"time"

	"taizhang/internal/rounded"
)

// Said is a number with the words before it, empty where there is nothing to show.
func (n Number) Said() string { return said(n.Before, n.Show()) }

func said(before, shown string) string {
	if before == "" || shown == "" {
		return shown
	}
	return before + " " + shown
}

// Show is the number as its cell shows it, for other papers than a workbook.
// It knows the formats that figures use: up to three sections, literals in
// quotation marks, digits with decimals, thousands and percent.
func (n Number) Show() string {
	f, ok := number(n.Value)
	if !ok {
		return n.Missing
	}
	sections := splitFormat(n.Format)
	section := sections[0]
	switch {
	case f < 0 && len(sections) > 1:
		section, f = sections[1], -f
	case f == 0 && len(sections) > 2:
		section = sections[2]
	}
	var b strings.Builder
	written := false
	for i, part := range strings.Split(section, `"`) {
		if i%2 == 1 {
			b.WriteString(part)
			continue
		}
		codes := strings.Trim(part, "_ ")
		if written || !strings.ContainsAny(codes, "0#") {
			continue
		}
		written = true
		v, tail := f, ""
		if strings.Contains(codes, "%") {
			v, tail = v*100, "%"
		}
		_, decimals, _ := strings.Cut(strings.TrimRight(codes, "%"), ".")
		places := strings.Count(decimals, "0")
		if strings.Contains(codes, ",") {
			b.WriteString(grouped(v, places) + tail)
		} else {
			b.WriteString(rounded.Text(v, places) + tail)
		}
	}
	return b.String()
}

// Show is a value as a cell of the column shows it, for other papers than a workbook.
func (c Column) Show(v any) string {
	cell := asCell(v)
	if cell.Kind == "" {
		cell.Kind = c.Kind
	}
	if cell.Format == "" {
		cell.Format = c.Format
	}
	switch x := cell.Value.(type) {
	case time.Time:
		if cell.Kind == Time {
			return x.Format("2006-01-02 15:04")
		}
		return x.Format(time.DateOnly)
	}
	f, ok := number(cell.Value)
	switch {
	case !ok:
		return textOf(cell)
	case cell.Format != "":
		return Number{Value: f, Format: cell.Format}.Show()
	case cell.Kind == Points:
		return rounded.Text(f, 1)
	}
	return display(cell)
}

// splitFormat divides a number format at semicolons outside quotation marks.
func splitFormat(format string) []string {
	var out []string
	from, quoted := 0, false
	for i, r := range format {
		switch {
		case r == '"':
			quoted = !quoted
		case r == ';' && !quoted:
			out = append(out, format[from:i])
			from = i + 1
		}
	}
	return append(out, format[from:])
}
