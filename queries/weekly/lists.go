package weekly

import (
	"context"
	"fmt"
	"strings"

	"taizhang/internal/lang"
	"taizhang/internal/metric"
	"taizhang/internal/warehouse"
	"taizhang/internal/workbook"
)

// usualDetails is how many rows a list holds where the declaration doesn't say.
const usualDetails = 2000

// findLists makes the lists of rows before anything that leads to them: a
// figure is a formula over its rows only where they are all listed.
func (w *weekly) findLists(ctx context.Context) error {
	w.lists, w.cut = map[*metric.Fact]*workbook.Table{}, map[*metric.Fact]bool{}
	var located []placed
	for _, s := range w.book.sheets {
		for _, b := range s.blocks {
			if b.rows == nil || !w.hasForm(b.rows.fact.Forms) {
				continue
			}
			t, err := w.listed(ctx, b.rows, &located)
			if err != nil {
				return lang.Errorf("sheet %s: %w", "工作表 %s：%w", s.plain, err)
			}
			w.lists[b.rows.fact] = &t
		}
	}
	return w.locate(ctx, located)
}

// mostOf is how many rows a list may hold.
func (w *weekly) mostOf(r *rowsBlock) int {
	if r.table.most > 0 {
		return r.table.most
	}
	return w.details()
}

// details is how many rows lists and tables hold that don't say it themselves.
func (w *weekly) details() int {
	if w.book.details > 0 {
		return w.book.details
	}
	return usualDetails
}

// asked are the rows of a list: all of them, or the first in its order, and how
// many there are.
func (w *weekly) asked(ctx context.Context, r *rowsBlock) (grid, int, error) {
	count, list := r.statement()
	got, err := rows(ctx, w.src, w.ask, count)
	if err != nil {
		return grid{}, 0, err
	}
	all := int64(0)
	for _, row := range got.Rows {
		all, _ = row[0].(int64)
	}
	if most := w.mostOf(r); all > int64(most) {
		units := make([]string, 0, len(w.seq))
		for u := range w.seq {
			units = append(units, u)
		}
		w.inOrder(units)
		place := "case coalesce(submitter, '') when '' then 0"
		for i, u := range units {
			place += fmt.Sprintf(" when %s then %d", warehouse.Quote(u), i+1)
		}
		place += " else 9999 end, submitter"
		if r.fact.Mode != metric.Obligation {
			place += ", return_id, sheet, row_no"
		} else {
			list = strings.TrimSuffix(list, obligationOrder)
			place += ", form, period"
		}
		list += fmt.Sprintf("\norder by %s limit %d", place, most)
	}
	out, err := rows(ctx, w.src, w.ask, list)
	return out, int(all), err
}

// cutNote says of a list what it leaves out, and where that stands.
func (w *weekly) cutNote(r *rowsBlock, all, listed int) string {
	var files []string
	for _, f := range r.fact.Forms {
		if w.fed[f] {
			files = append(files, "“"+plainTitle(orDash(w.forms[f], f))+"”")
		}
	}
	where := "用 taizhang sql 查询"
	if len(files) > 0 {
		where = "见汇总台账" + strings.Join(files, "") + "，或" + where
	}
	return fmt.Sprintf("共%d行，本表只列前%d行，其余%s；总览等表的数字按全部%d行计算。", all, listed, where, all)
}

func plainTitle(s string) string { return strings.NewReplacer("“", "", "”", "").Replace(s) }
