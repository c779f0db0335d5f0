package read

import (
	"taizhang/ingest/cell"
	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/layout"
	"taizhang/ingest/secret"
	"taizhang/ingest/written"
)

// list names the rows of a table that were passed over and its cells that were not read, as far as a return names them.
func (pt *Part) list(t *cell.Typer, tb *layout.Table) {
	r := pt.Ret
	r.CellsUnread += tb.CellsUnread()
	name := secret.MaskText(tb.Grid.Name)
	for _, p := range tb.Passed {
		if len(r.PassedOver) < finding.MaxListed {
			r.PassedOver = append(r.PassedOver, finding.PassedRow{Sheet: name, Row: p.Row, Kind: p.Kind})
		}
	}
	for i := range tb.Unread {
		if c := &tb.Unread[i].Cell; len(r.Unread) < finding.MaxListed {
			r.Unread = append(r.Unread, finding.UnreadCell{Sheet: name, Cell: c.Ref(), Row: c.Row, Value: t.Quote(written.DateText(*c), 60)})
		}
	}
}

// account proves that no row was lost: every row below a head was loaded, refused, counted once with its like, or
// recognised as no data. Otherwise the return is rejected; that would be this program's fault, not the sender's.
func (rd *Reader) account(pt *Part, rows int) {
	for _, tb := range pt.Tables {
		if n := tb.CellsUnaccounted(); n != 0 {
			pt.Add(finding.CellsLost(n).At(finding.Place{Sheet: tb.Grid.Name}))
			return
		}
		if n := tb.Unaccounted(); n != 0 {
			pt.Add(finding.RowsUnrecognised(tb.Below, len(tb.Lines), tb.Ignored()).At(finding.Place{Sheet: tb.Grid.Name}))
			return
		}
	}
	if n := rows - len(pt.Records) - len(pt.Refused) - pt.Repeats; n != 0 {
		pt.Add(finding.RowsLost(rows, len(pt.Records), len(pt.Refused), pt.Repeats).At(finding.Place{Sheet: pt.FirstSheet()}))
	}
}

// tellIgnored names the rows that were not taken for data although they are no usual part of a table.
func (rd *Reader) tellIgnored(pt *Part, t *cell.Typer, tb *layout.Table) {
	for _, s := range tb.Strays {
		pt.Add(finding.LineIgnored(s.N, s.Line >= len(tb.Lines) && !s.Numbered).At(finding.Place{Sheet: tb.Grid.Name, Cell: s.Ref, Row: s.N, Value: t.Quote(s.Text, 40)}))
	}
	for _, c := range tb.Voiding {
		pt.Add(finding.NoteVoids(t.Quote(c.Text, 30)).At(finding.Place{Sheet: tb.Grid.Name, Cell: c.Ref(), Row: c.Row, Value: t.Quote(c.Text, 40)}))
	}
	for _, a := range tb.About {
		c := a.Cell
		pt.Add(finding.NoteAbout(t.Quote(c.Text, 30), a.Line).At(finding.Place{Sheet: tb.Grid.Name, Cell: c.Ref(), Row: c.Row, Value: t.Quote(c.Text, 40)}))
	}
	pt.take(tb.TellBelow())
	pt.take(tb.TellTotals())
	pt.take(tb.TellCounts())
	pt.take(tb.TellExamples())
	pt.take(tb.TellCumulative())
	pt.take(tb.TellFilled())
	pt.take(tb.TellJoined())
	pt.take(tb.TellUnread())
	if n := len(tb.Empty); n > 0 && len(tb.Lines) == 0 {
		pt.Add(finding.RowsNotFilled(tb.Empty[0], n).At(finding.Place{Sheet: tb.Grid.Name, Row: tb.Empty[0]}))
	}
}

// layoutFault says what the layout makes unreadable: it refuses the row where the field is required, else empties it.
func (rd *Reader) layoutFault(pt *Part, t *cell.Typer, ft *layout.Fault, c *forms.Column, refuse func(string)) {
	if ft.Said != nil {
		said := *ft.Said
		said.Value = t.Quote(said.Value, 60)
		pt.Add(said)
	}
	if c.Required || c.InKey {
		refuse(ft.Reason)
	} else {
		pt.Ret.ValuesEmptied++
	}
}
