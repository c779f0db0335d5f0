package sheettest

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"taizhang/ingest/sheet"
)

// Limits keep what the fuzzer finds small.
func Limits() sheet.Limits {
	return sheet.Limits{InflatedBytes: 8 << 20, CellBytes: 1 << 16, Cells: 100_000, Sheets: 20}
}

// CheckBook reads every sheet and looks whether what comes out makes sense.
func CheckBook(t *testing.T, b *sheet.Book, err error) {
	t.Helper()
	if err != nil {
		CheckError(t, err)
		return
	}
	for i := range b.Sheets() {
		rows := 0
		errEach := b.Each(i, func(r *sheet.Row) error { rows++; return nil })
		g, err := b.Grid(i)
		CheckError(t, errEach)
		if err != nil {
			CheckError(t, err)
			continue
		}
		if errEach != nil {
			t.Fatalf("Each: %v, but Grid reads", errEach)
		}
		if rows < len(g.Rows) {
			t.Fatalf("%d rows one by one, %d in the grid", rows, len(g.Rows))
		}
		checkRows(t, g.Rows)
		for _, m := range g.Merged {
			if m.Top < 1 || m.Left < 1 || m.Bottom < m.Top || m.Right < m.Left {
				t.Fatalf("merged %+v", m)
			}
		}
	}
}

// checkRows wants rows from the top down and their cells from the left, none of them without something in it.
func checkRows(t *testing.T, rows []sheet.Row) {
	t.Helper()
	last := 0
	for _, r := range rows {
		if r.N <= last || len(r.Cells) == 0 {
			t.Fatalf("row %d after %d with %d cells", r.N, last, len(r.Cells))
		}
		last = r.N
		col := 0
		for _, c := range r.Cells {
			if c.Row != r.N || c.Col <= col {
				t.Fatalf("cell %+v in row %d after column %d", c, r.N, col)
			}
			if fault := cellFault(&c); fault != "" {
				t.Fatalf("%s: cell %+v in row %d", fault, c, r.N)
			}
			col = c.Col
		}
	}
}

// cellFault says what of a cell doesn't go together; "" if all does.
func cellFault(c *sheet.Cell) string {
	switch {
	case c.Kind == sheet.Empty != c.NoValue:
		return "empty, but with a value"
	case c.Kind != sheet.Empty && c.Text == "":
		return "no text"
	case !utf8.ValidString(c.Text):
		return "not UTF-8"
	case math.IsNaN(c.Num) || math.IsInf(c.Num, 0):
		return "no number"
	case c.Kind == sheet.Number:
		if f, err := strconv.ParseFloat(c.Text, 64); err != nil || f != c.Num {
			return "another number than the text"
		}
	}
	return ""
}

// CheckError fails where an error is no refusal, or comes from a panic.
func CheckError(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if Reason(err) == "" || strings.Contains(err.Error(), "panic:") {
		t.Fatal(err)
	}
}

// Dump writes a grid as lines of address, kind and text.
func Dump(g *sheet.Grid) string {
	var b strings.Builder
	for _, r := range g.Rows {
		for _, c := range r.Cells {
			fmt.Fprintf(&b, "%s %v %q", c.Ref(), c.Kind, c.Text)
			if c.Formula {
				b.WriteString(" formula")
			}
			if c.NoValue {
				b.WriteString(" no-value")
			}
			if c.Percent {
				b.WriteString(" percent")
			}
			if r.Hidden {
				b.WriteString(" hidden")
			}
			b.WriteByte('\n')
		}
	}
	for _, m := range g.Merged {
		fmt.Fprintf(&b, "merged %s:%s\n", sheet.Ref(m.Top, m.Left), sheet.Ref(m.Bottom, m.Right))
	}
	return b.String()
}

// Reason is the id of a refusal, "" for any other error and none.
func Reason(err error) string {
	if r, ok := err.(*sheet.Refusal); ok {
		return r.Reason
	}
	return ""
}

// CheckRefusal fails where an error is no refusal for that reason.
func CheckRefusal(t testing.TB, err error, reason string) {
	t.Helper()
	r, ok := err.(*sheet.Refusal)
	if !ok || r.Reason != reason {
		t.Errorf("got %v, want refusal %s", err, reason)
		return
	}
	if r.Message == "" || strings.Contains(r.Error(), "panic:") {
		t.Errorf("message %q, error %v", r.Message, r)
	}
}
