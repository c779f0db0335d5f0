package office

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"taizhang/ingest/forms"
	"taizhang/internal/calendar"
	"taizhang/internal/durable"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
	"taizhang/internal/workbook"
	"taizhang/internal/zone"
	"taizhang/transform"
)

// ledger is one form's consolidated workbook (汇总台账): the rows that count, in the form's own columns.
type ledger struct {
	form        *forms.Form
	fingerprint string
	changed     bool
}

// LedgerFile is where a form's consolidated workbook lies.
func (z *Zone) LedgerFile(f *forms.Form) string {
	return filepath.Join(z.Consolidated(), zone.SafeName(transform.ViewName(f.Title))+".xlsx")
}

// ledgerFormat is part of every fingerprint: raised when the workbooks look different.
const ledgerFormat = "1"

// changedLedgers compares what counts now with what the workbooks were written from last. Typed rows never change, so the
// returns that count, the declarations and the program tell.
func (z *Zone) changedLedgers(ctx context.Context, conn *sql.Conn, p, last publication, all bool) ([]ledger, error) {
	counted := map[string]string{}
	err := warehouse.Each(ctx, conn, `select form, concat(count(*), ' ', sum(cast(hash(return_id, submitter, period, rows_loaded) as hugeint))) from core.counted_return group by form`, func(v []any) error {
		counted[fmt.Sprint(v[0])] = fmt.Sprint(v[1])
		return nil
	})
	if err != nil {
		return nil, lang.Errorf("compare the consolidated workbooks: %w", "核对汇总台账：%w", err)
	}
	var out []ledger
	for _, f := range z.Forms.Forms {
		l := ledger{form: f, fingerprint: strings.Join([]string{ledgerFormat, counted[f.ID], p.Declarations, p.Program}, " ")}
		_, err := os.Stat(z.LedgerFile(f))
		l.changed = (all || err != nil || last.Ledgers[f.ID] != l.fingerprint || z.ledgerTouched(f, last)) && (counted[f.ID] != "" || err == nil)
		out = append(out, l)
	}
	return out, nil
}

// ledgerMark is how a workbook was when it was written. Its time only spares reading it: a copied zone has others.
type ledgerMark struct {
	Size int64  `json:"size"`
	Time int64  `json:"time"` // of the last change, in nanoseconds
	Sum  string `json:"sha256"`
}

// markLedger looks at a workbook; the zero mark where there is none. Where it looks as it was it isn't read again.
func markLedger(path string, was ledgerMark) (m ledgerMark, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err != nil {
		return m, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return m, err
	}
	m = ledgerMark{Size: info.Size(), Time: info.ModTime().UnixNano()}
	if m.Size == was.Size && m.Time == was.Time {
		return was, nil
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return m, err
	}
	m.Sum = hex.EncodeToString(h.Sum(nil))
	return m, nil
}

// ledgerTouched says whether somebody has removed, replaced or changed a workbook since it was written.
func (z *Zone) ledgerTouched(f *forms.Form, last publication) bool {
	was, known := last.LedgerFiles[f.ID]
	if !known {
		return false
	}
	m, err := markLedger(z.LedgerFile(f), was)
	if err == nil && m.Sum == was.Sum {
		last.LedgerFiles[f.ID] = m
		return false
	}
	return true
}

// ledgersStand says whether the workbooks are those that were written, and none could not be.
func (z *Zone) ledgersStand(last publication) bool {
	if last.RolledBack != "" || last.LedgerFiles == nil { // they are of another publication; or of a program that didn't know
		return true
	}
	for _, f := range z.Forms.Forms {
		if _, written := last.Ledgers[f.ID]; !written || z.ledgerTouched(f, last) {
			return false
		}
	}
	return true
}

// origins are the columns of a view that say where a row comes from, and which of them the workbook shows.
var origins = []struct {
	title string
	shown bool
	width float64
}{{"填报单位", true, 14}, {"报送期", true, 11}, {"来源文件", true, 30}, {"工作表", true, 12}, {"行号", true, 7}, {"报送编号", false, 0}, {"截至", false, 0}}

func ledgerRows(ctx context.Context, conn *sql.Conn, f *forms.Form) ([][]any, error) {
	view := "main." + warehouse.Ident(transform.ViewName(f.Title))
	var rows [][]any
	err := warehouse.Each(ctx, conn, "select * from "+view, func(v []any) error {
		row := make([]any, 0, len(f.Columns)+len(origins))
		at := 0
		for _, c := range f.Columns {
			if at >= len(v) {
				return lang.Errorf("the view has only %d columns", "该视图只有%d列", len(v))
			}
			row = append(row, cellValue(v[at]))
			if at++; c.Type.Sensitive() {
				at++ // its hash
			}
		}
		if more := len(v) - at - len(origins); more != 0 && more != 1 { // 是否超期, of forms that tell it
			return lang.Errorf("the view has %d columns, the form %d", "该视图有%d列，表样有%d列", len(v), len(f.Columns))
		}
		for i, o := range origins {
			if o.shown {
				row = append(row, cellValue(v[at+i]))
			}
		}
		rows = append(rows, row)
		return nil
	})
	return rows, err
}

// cellValue is a value as a workbook takes it: numbers stay numbers.
func cellValue(v any) any {
	switch x := v.(type) {
	case int32:
		return int64(x)
	case interface{ Float64() float64 }:
		return x.Float64()
	}
	return v
}

// writeLedgers writes the changed workbooks, one after another from the rows of the publication, and gives the fingerprints of
// those that are as they should be. One that can't be replaced (somebody has it open on Windows) is a warning, and tried again
// by the next run.
func (z *Zone) writeLedgers(ctx context.Context, file string, list []ledger, last map[string]ledgerMark, asOf calendar.Date, warn func(string)) (done map[string]string, marks map[string]ledgerMark) {
	done, marks = map[string]string{}, map[string]ledgerMark{}
	var db *warehouse.DB
	defer func() {
		if db != nil {
			db.Close()
		}
	}()
	write := func(l ledger) (err error) {
		if db == nil {
			if db, err = warehouse.ReadOnly(file, warehouse.Options{TimeZone: z.Timezone}); err != nil {
				return err
			}
		}
		rows, err := ledgerRows(ctx, db.Conn, l.form)
		if err != nil {
			return err
		}
		return z.writeLedger(l.form, rows, asOf)
	}
	for _, l := range list {
		if l.changed {
			if err := write(l); err != nil {
				warn(fmt.Sprintf("汇总台账《%s》没有更新，下次运行时再写（是否有人正打开着它？）：%v", l.form.PlainTitle(), err))
				continue
			}
		}
		done[l.form.ID] = l.fingerprint
		m, err := markLedger(z.LedgerFile(l.form), last[l.form.ID])
		if err != nil {
			warn(fmt.Sprintf("汇总台账《%s》写好后读不出来，下次运行时再写：%v", l.form.PlainTitle(), err))
			delete(done, l.form.ID)
		} else if m.Sum != "" {
			marks[l.form.ID] = m
		}
	}
	return done, marks
}

func (z *Zone) writeLedger(f *forms.Form, rows [][]any, asOf calendar.Date) error {
	if err := durable.MkdirAll(z.Consolidated(), 0o755); err != nil {
		return err
	}
	b := z.ledgerBook(f, rows, asOf)
	return durable.Write(z.LedgerFile(f), 0o644, b.Write)
}

func (z *Zone) ledgerBook(f *forms.Form, rows [][]any, asOf calendar.Date) workbook.Book {
	t := workbook.Table{ID: f.ID, Rows: rows, Filter: true, Main: true, Names: true, Empty: "目前没有计入的数据行。"}
	for _, c := range f.Columns {
		t.Columns = append(t.Columns, ledgerColumn(c))
	}
	for _, o := range origins {
		if o.shown {
			col := workbook.Column{Title: o.title, Kind: workbook.Text, Width: o.width}
			if o.title == "行号" {
				col.Kind, col.Format = workbook.Int, "0"
			}
			t.Columns = append(t.Columns, col)
		}
	}
	note := "各单位报送、目前计入统计的全部数据行。金额单位：元。每行末尾注明填报单位、来源文件和行号；更正请由填报单位重新报送，在此修改不影响统计。"
	return workbook.Book{
		Title: f.Title, Footer: z.Name + "　" + f.PlainTitle() + "汇总台账",
		Props: workbook.Props{Creator: "taizhang", Created: asOf.Time(time.UTC)},
		Sheets: []workbook.Sheet{{Name: f.PlainTitle(), Orientation: workbook.Landscape, Blocks: []workbook.Block{
			workbook.Title{Text: z.Name + f.Title + "（汇总）", Sub: fmt.Sprintf("共%d行", len(rows))},
			workbook.Note{Text: note, Small: true}, t,
		}}},
	}
}

// ledgerColumn shows a form's column as the form does, money to the fen.
func ledgerColumn(c forms.Column) workbook.Column {
	out := workbook.Column{Title: c.Title, Kind: workbook.Text}
	switch c.Type {
	case forms.Int:
		out.Kind = workbook.Int
	case forms.Money:
		out.Kind, out.Format, out.Width = workbook.Num, "#,##0.00", 16
		out.Title += "（元）"
	case forms.Percent:
		out.Kind = workbook.Percent
	case forms.Date:
		out.Kind = workbook.Date
	case forms.Month:
		out.Kind, out.Format = workbook.Date, `yyyy"年"m"月"`
	case forms.List:
		out.Kind = workbook.Mark
	}
	return out
}
