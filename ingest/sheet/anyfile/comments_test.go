package anyfile_test

import (
	"os"
	"path/filepath"
	"testing"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
)

// TestComments: what hangs on a cell is known of each format that has comments, and is no part of the cell's value. The files were
// written by openpyxl and saved again by LibreOffice, the .xml by hand.
func TestComments(t *testing.T) {
	for name, authors := range map[string]bool{"remarks.xlsx": true, "remarks.xls": false, "remarks.ods": false, "remarks.xml": true} {
		content, err := os.ReadFile(filepath.Join("testdata", "comments", name))
		if err != nil {
			t.Fatal(err)
		}
		b, err := anyfile.Open(t.Context(), name, content, sheet.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		g, err := b.Grid(0)
		if err != nil {
			t.Fatal(err)
		}
		if got := textAt(g, 2, 2); got != "停电" {
			t.Errorf("%s: B2 is %q", name, got)
		}
		got := map[string]sheet.Comment{}
		for _, c := range g.Comments {
			got[c.Ref()] = c
		}
		want := map[string]string{"B2": "张三:\n已与供电所\n联系", "A3": "与Q-1重复，删除", "D9": "空格上的批注"}
		for ref, text := range want {
			if got[ref].Text != text || authors && got[ref].Author == "" {
				t.Errorf("%s: at %s %+v, want %q", name, ref, got[ref], text)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s: %v", name, got)
		}
		other, err := b.Grid(1)
		if err != nil || len(other.Comments) > 0 {
			t.Errorf("%s: the other sheet has %v, %v", name, other.Comments, err)
		}
	}
}

// textAt is the text of a cell.
func textAt(g *sheet.Grid, row, col int) string {
	for _, r := range g.Rows {
		for _, c := range r.Cells {
			if c.Row == row && c.Col == col {
				return c.Text
			}
		}
	}
	return ""
}

// TestTextBoxes: what is written into a text box over the cells is known as a comment is, at its corner, and is no cell's text. The
// .xlsx holds what Excel writes, LibreOffice saved the others.
func TestTextBoxes(t *testing.T) {
	for _, name := range []string{"boxes.xlsx", "boxes.xls", "boxes.ods"} {
		content, err := os.ReadFile(filepath.Join("testdata", "comments", name))
		if err != nil {
			t.Fatal(err)
		}
		b, err := anyfile.Open(t.Context(), name, content, sheet.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		g, err := b.Grid(0)
		if err != nil {
			t.Fatal(err)
		}
		if len(g.Comments) != 1 || !g.Comments[0].Box || g.Comments[0].Ref() != "I4" || g.Comments[0].Text != "丙公司另有5万元已兑付，未列入表内\n王" {
			t.Errorf("%s: %+v", name, g.Comments)
		}
		if got := textAt(g, 4, 9); got != "" {
			t.Errorf("%s: I4 is %q", name, got)
		}
	}
}
