package read

import (
	"slices"
	"strings"

	"taizhang/ingest/cell"
	"taizhang/ingest/finding"
	"taizhang/ingest/secret"
	"taizhang/ingest/sheet"
)

// A sensitive value may stand outside the rows that it belongs to: a firm's name as that of the file or of a sheet, a
// person's in a title that a finding quotes. Which values are sensitive is known once the rows are read; where one of them
// is named so, the file is read again, with its mask in that place from the beginning.

// Parse parses a file: forms, tables, identity and typed rows.
func (rd *Reader) Parse(f File) *Parsed {
	p := rd.parse(f, nil)
	if hide := rd.namedOutside(p); hide != nil {
		f.Name = cell.HideAll(f.Name, hide)
		if _, known := rd.Zone.Match(f.Folder); !known {
			f.Folder = cell.HideAll(f.Folder, hide)
		}
		return rd.parse(f, hide)
	}
	return p
}

// namedOutside gives the sensitive values of a file's own rows that stand in its name, in its sheets' names or in what
// findings may quote of titles; the longest first.
func (rd *Reader) namedOutside(p *Parsed) []cell.Hiding {
	if !slices.ContainsFunc(p.Parts, func(pt *Part) bool { return pt.Form.Sensitive() && pt.hasLines() }) {
		return nil
	}
	outside := p.outside()
	var found []cell.Hiding
	for _, pt := range p.Parts {
		if !pt.Form.Sensitive() {
			continue
		}
		t := &cell.Typer{Form: pt.Form, Private: true}
		for _, tb := range pt.Tables {
			for i := range tb.Lines {
				for _, h := range t.Secrets(tb.Lines[i].Cells(nil)) {
					for _, h := range h.Spellings() {
						if strings.Contains(outside, h.Value()) && h.Telling() && !rd.ordinary(h.Value()) && !slices.Contains(found, h) {
							found = append(found, h)
						}
					}
				}
			}
		}
	}
	slices.SortStableFunc(found, func(a, b cell.Hiding) int { return len(b.Value()) - len(a.Value()) })
	return found
}

// rollOf gives the sensitive values of all rows of a return, to be hidden wherever they stand in one; nil where the form has none.
func (rd *Reader) rollOf(pt *Part) *cell.Roll {
	if !pt.Form.Sensitive() {
		return nil
	}
	roll, t, units := cell.NewRoll(), &cell.Typer{Form: pt.Form, Private: true}, rd.ordinaryNames()
	var cells []sheet.Cell
	for _, tb := range pt.Tables {
		for i := range tb.Lines {
			rd.alive()
			cells = tb.Lines[i].Cells(cells)
			roll.Add(slices.DeleteFunc(t.Secrets(cells), func(h cell.Hiding) bool { return strings.Contains(units, h.Value()) }))
		}
	}
	return roll
}

// ordinary says whether a text belongs to the name of a unit, of the zone or of a form: it names no person or firm there.
func (rd *Reader) ordinary(value string) bool { return strings.Contains(rd.ordinaryNames(), value) }

// ordinaryNames are those names, each in a line.
func (rd *Reader) ordinaryNames() string {
	names := []string{rd.Zone.Name}
	for _, s := range rd.Zone.Submitters {
		names = append(append(names, s.Name), s.Aliases...)
	}
	for _, f := range rd.Forms.Forms {
		names = append(names, f.Title)
	}
	return strings.Join(names, "\n")
}

// outside joins the texts about a file that are no cells of its rows.
func (p *Parsed) outside() string {
	texts := []string{p.File.Name, p.File.Folder}
	add := func(found []finding.Finding) {
		for _, f := range found {
			if f.Field == "" {
				texts = append(texts, f.Value, f.Message, f.Hint)
			}
		}
	}
	texts = append(texts, p.Skipped...)
	for _, said := range p.Explained {
		texts = append(texts, said)
	}
	for _, pt := range p.Parts {
		texts = append(texts, pt.Ret.Sheets...)
		add(pt.Ret.Findings)
		if pt.Disagrees != nil {
			texts = append(texts, pt.Disagrees.Says())
		}
		for _, s := range append([]sheetSaid{{said: pt.said}}, pt.sheetSaid...) {
			texts = append(texts, s.said.Submitter.Text, s.said.Period.Text, s.said.AsOf.Text)
			for _, title := range s.said.Titles {
				texts = append(texts, title.Text)
			}
		}
		for _, tb := range pt.Tables {
			for _, h := range tb.Heads {
				for _, c := range h.Columns {
					texts = append(texts, c.Title)
				}
			}
		}
	}
	return strings.Join(texts, "\n")
}

// sheetNames gives the names under which the sheets of a file are spoken of.
func (p *Parsed) sheetNames(names []string) []string {
	return secret.MaskNamesAs(names, func(n string) string { return cell.HideAll(n, p.hide) })
}
