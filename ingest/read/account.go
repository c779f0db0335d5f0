package read

import (
	"fmt"

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
			pt.Reject(finding.Finding{Rule: "rows_unaccounted", Sheet: tb.Grid.Name,
				Message: fmt.Sprintf("表头下有%d个有内容的单元格没有着落：没有读取，也没有说明", n), Hint: "请把本表交给系统管理员；数据没有计入"})
			return
		}
		if n := tb.Unaccounted(); n != 0 {
			pt.Reject(finding.Finding{Rule: "rows_unaccounted", Sheet: tb.Grid.Name,
				Message: fmt.Sprintf("表头下有%d行，只认出%d行数据和%d行其他内容，有行没有着落", tb.Below, len(tb.Lines), tb.Ignored()), Hint: "请把本表交给系统管理员；数据没有计入"})
			return
		}
	}
	if n := rows - len(pt.Records) - len(pt.Refused) - pt.Repeats; n != 0 {
		pt.Reject(finding.Finding{Rule: "rows_unaccounted", Sheet: pt.FirstSheet(),
			Message: fmt.Sprintf("%d行数据中计入%d行、未计入%d行、重复%d行，有行没有着落", rows, len(pt.Records), len(pt.Refused), pt.Repeats), Hint: "请把本表交给系统管理员；数据没有计入"})
	}
}

// tellIgnored names the rows that were not taken for data although they are no usual part of a table.
func (rd *Reader) tellIgnored(pt *Part, t *cell.Typer, tb *layout.Table) {
	for _, s := range tb.Strays {
		f := finding.Finding{Severity: finding.Warning, Rule: "line_ignored", Sheet: tb.Grid.Name, Cell: s.Ref, Row: s.N, Value: t.Quote(s.Text, 40),
			Message: fmt.Sprintf("第%d行不成一行数据，没有读取", s.N), Hint: "如是数据，请补齐该行各列；如是说明，请移到表格下方，写成“注：…”"}
		if s.Line >= len(tb.Lines) { // below all data: a signature, a remark
			f.Severity = finding.Info
		}
		pt.Add(f)
	}
	pt.take(tb.TellBelow())
	pt.take(tb.TellTotals())
	pt.take(tb.TellUnread())
	if n := len(tb.Empty); n > 0 && len(tb.Lines) == 0 {
		pt.Add(finding.Finding{Severity: finding.Info, Rule: "rows_not_filled", Sheet: tb.Grid.Name, Row: tb.Empty[0],
			Message: fmt.Sprintf("第%d行起的%d行只有编号，没有填写内容", tb.Empty[0], n), Hint: "没有数据的行可以留空"})
	}
}

// layoutFault says what the layout makes unreadable: it refuses the row where the field is required, else empties it.
func (rd *Reader) layoutFault(pt *Part, t *cell.Typer, l *layout.Line, ft *layout.Fault, c *forms.Column, refuse func(string)) {
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
