package reading

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"

	"taizhang/cmd/internal/web/frame"
	"taizhang/cmd/internal/web/grid"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/internal/workbook"

	"taizhang/cmd/internal/web/account"
)

// RowsPreviewed are shown of a sheet at most: a page is to stay small, and whoever needs all of it takes the file.
const RowsPreviewed = 100

// bookView is a workbook that this program wrote, one sheet of it at a time.
type bookView struct {
	Name, File  string // File: where it is taken
	Sheets      []sheetLink
	Here        string
	Grid        grid.View
	Empty, Drew bool // Drew: it may hold charts, which aren't shown here
}

type sheetLink struct {
	Name, Href string
	Here       bool
}

// previewBook shows one sheet of a workbook, to whoever may take the whole of it.
func (s *Pages) previewBook(w http.ResponseWriter, r *http.Request, who account.Person, path string, v bookView) error {
	v.Name, v.Here = filepath.Base(path), r.URL.Query().Get("sheet")
	frame.About(w, v.Name+" "+v.Here)
	in, err := s.ZoneOf().CheckIntake()
	if err != nil {
		return err
	}
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		return frame.NotFound("文件已经不在了。")
	}
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	book, err := anyfile.OpenAt(r.Context(), v.Name, f, info.Size(), in.Limits)
	if err != nil {
		return notPreviewed(err)
	}
	at := -1
	for i, x := range book.Sheets() {
		if x.Hidden {
			continue
		}
		here := at < 0 && (v.Here == "" || v.Here == x.Name)
		if here {
			at, v.Here = i, x.Name
		}
		v.Sheets = append(v.Sheets, sheetLink{x.Name, frame.Layout{}.Href(r.URL.EscapedPath(), "sheet", x.Name), here})
	}
	if at < 0 {
		return frame.NotFound("这个文件里没有工作表“" + grid.Clip(v.Here, 40) + "”。")
	}
	if v.Grid, err = beginning(book, at); err != nil {
		return notPreviewed(err)
	}
	v.Empty = len(v.Grid.Rows) == 0
	s.Render(w, r, who, http.StatusOK, "book", frame.Layout{Title: v.Here + " " + v.Name, Body: v, Across: true})
	return nil
}

// beginning is a sheet's first rows. It reads no more of the sheet than these: a consolidated ledger may have a million.
func beginning(book *sheet.Book, at int) (grid.View, error) {
	g := &sheet.Grid{Name: book.Sheets()[at].Name}
	more := false
	merged, err := book.Walk(at, func(r *sheet.Row) error {
		if more = len(g.Rows) == RowsPreviewed; more {
			return io.EOF
		}
		g.Rows = append(g.Rows, sheet.Row{N: r.N, Cells: append([]sheet.Cell(nil), r.Cells...)})
		return nil
	})
	if err != nil && err != io.EOF { // the walk gives back what ended it as it is
		return grid.View{}, err
	}
	g.Merged = merged
	ask := grid.Ask{Rows: map[int]int{}, Most: RowsPreviewed, Text: func(_, _ int, c *sheet.Cell) string { return shownAsIssued(c) }}
	for i := range g.Rows {
		ask.Rows[g.Rows[i].N] = 0
	}
	v := grid.Of(g, ask)
	if more {
		v.Cut += "这张表较长，只显示前" + strconv.Itoa(RowsPreviewed) + "行，全部内容请下载后看。"
	}
	return v, nil
}

// shownAsIssued is what a cell of an issued workbook shows: the figure as it is printed, not as it is stored.
func shownAsIssued(c *sheet.Cell) string {
	if c.Kind == sheet.Number && c.Format != "" {
		if shown := (workbook.Number{Value: c.Num, Format: c.Format}).Show(); shown != "" {
			return shown
		}
	}
	return grid.ShownCell(c)
}

// notPreviewed is a workbook of this program's own that can't be shown: what its reader says of it is meant for senders.
func notPreviewed(err error) error {
	var refusal *sheet.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	if refusal.Reason == sheet.TooLarge {
		return frame.NotFound("文件太大，不能预览，请下载后看。")
	}
	return frame.NotFound("文件打不开，可能已损坏或被改动：不能预览，请下载后看，或重新生成。")
}
