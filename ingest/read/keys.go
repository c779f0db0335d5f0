package read

import (
	"slices"

	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/layout"
	"taizhang/ingest/sheet"
)

// How the rows of a form are told from one another, and what that is called.

// lacksKey says whether a head has no column for a part that every key must have: then keys that are alike prove nothing.
func lacksKey(f *forms.Form, h *heading.Head) bool {
	return slices.ContainsFunc(f.Columns, func(c forms.Column) bool { return c.InKey && c.Required && h.Lacks(f.Column(c.Field)) })
}

// hasWholeKey says whether all of a row's key could be read.
func hasWholeKey(f *forms.Form, r *Record) bool {
	if r.Key == "" {
		return false
	}
	vals := r.Values(nil)
	for k := range f.Columns {
		if f.Columns[k].InKey && !vals[k].Set && (f.Columns[k].Required || r.Line.Cell(k).Kind != sheet.Empty) {
			return false
		}
	}
	return true
}

// KeyCell is where the first part of the key that has a column stands.
func KeyCell(f *forms.Form, l *layout.Line) string {
	for _, part := range f.Key {
		for _, field := range part {
			if k := f.Index(field); k >= 0 && l.At[k].Col > 0 {
				return sheet.Ref(l.N, l.At[k].Col)
			}
		}
	}
	return sheet.Ref(l.N, 1)
}

// isNumbered says whether each row of a form has a number of its own.
func isNumbered(f *forms.Form) bool {
	return slices.ContainsFunc(f.Columns, func(c forms.Column) bool { return c.InKey && c.Type == forms.Code && c.Required })
}

// keyTitles names the columns by which a row is told from others.
func keyTitles(f *forms.Form, l *layout.Line) (titles []string) {
	for _, part := range f.Key {
		for _, field := range part {
			if k := f.Index(field); l.At[k].Col > 0 {
				titles = append(titles, f.Columns[k].Title)
				break
			}
		}
	}
	return titles
}

// tellsApart is the last of them in which anything may be written.
func tellsApart(f *forms.Form, l *layout.Line) (title string) {
	for _, part := range f.Key {
		if k := f.Index(part[0]); len(part) == 1 && l.At[k].Col > 0 && !f.Columns[k].Names && (f.Columns[k].Type == forms.Text || f.Columns[k].Type == forms.Code) {
			title = f.Columns[k].Title
		}
	}
	return title
}

// instalmentOf is the one of them that numbers what is alike otherwise: 期次; "" where none does.
func instalmentOf(f *forms.Form, l *layout.Line) (title string) {
	for _, part := range f.Key {
		if k := f.Index(part[0]); l.At[k].Col > 0 && f.Columns[k].Type == forms.Int {
			title = f.Columns[k].Title
		}
	}
	return title
}
