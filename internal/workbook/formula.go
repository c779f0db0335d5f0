package workbook

import (
	"fmt"
	"strconv"
	"strings"
)

// formulas writes the formulas of all calculated cells, once every table has
// its place.
func (w *writer) formulas() error {
	for _, c := range w.sheets {
		c.formula = make(map[[2]int]string, len(c.derived))
		for _, f := range c.derived {
			text, err := w.formulaOf(f)
			if err != nil {
				return fmt.Errorf("sheet %q, %s%d: %w", c.name, columnName(f.col), f.row, err)
			}
			if text != "" {
				c.formula[[2]int{f.col, f.row}] = text
			}
		}
	}
	return nil
}

// formulaOf is empty where the table has no rows.
func (w *writer) formulaOf(f placedFigure) (string, error) {
	t, ok := w.tables[f.from.Table]
	if !ok {
		return "", fmt.Errorf("derived from unknown table %q", f.from.Table)
	}
	column := func(title string) (string, error) {
		col := t.column(title)
		if col == 0 {
			return "", fmt.Errorf("derived from unknown column %q of table %q", title, f.from.Table)
		}
		return at(t.sheet, area{col, t.first, col, t.last}), nil
	}
	r, err := column(f.from.Column)
	if err != nil || t.head == 0 {
		return "", err
	}
	none := `"` + strings.ReplaceAll(f.missing, `"`, `""`) + `"`
	switch f.from.Op {
	case Quotient:
		over, err := column(f.from.Over)
		if err != nil {
			return "", err
		}
		return "IF(SUM(" + over + ")=0," + none + ",SUM(" + r + ")/SUM(" + over + "))", nil
	case Median:
		return "IF(COUNT(" + r + ")=0," + none + ",MEDIAN(" + r + "))", nil
	}
	if d := f.from.Divisor; d != 0 && d != 1 {
		return "ROUND(SUM(" + r + ")/" + strconv.FormatFloat(d, 'f', -1, 64) + ",6)", nil
	}
	return "SUM(" + r + ")", nil
}
