package reading

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"taizhang/cmd/internal/web/frame"
	"taizhang/cmd/internal/web/shelf"
	"taizhang/ingest/forms"
	"taizhang/internal/result"
	"taizhang/queries"
	"taizhang/queries/weekly"
)

// moved is what corrections and decisions did to the figure since a time.
func (s *Pages) moved(r *http.Request, rd *shelf.Reading, a queries.Ask, since time.Time, v *figureView) error {
	at := rd.At(a.Point)
	if !since.Before(at.KnownAt) {
		v.MovedNote = "起始时间不早于数据版本时点。"
		return nil
	}
	changes, err := rd.MetricsDiff(r.Context(), queries.DiffAsk{Ask: a, Before: since, After: at.KnownAt})
	if err != nil {
		s.Options.Log.Warn("what moved a figure, for the page", "metric", v.Metric, "err", err)
		v.MovedNote = "这一段时间无法比较，日志里有原因。"
		return nil
	}
	if len(changes) == 0 {
		v.MovedNote = "没有变动。"
		return nil
	}
	c := changes[0]
	m := c.After.Metric
	b, n := result.Float(c.Before.Value), result.Float(c.After.Value)
	v.MovedNote = fmt.Sprintf("由 %s 变为 %s", weekly.Show(m, b, n), weekly.Show(m, n, b))
	for _, x := range c.Causes {
		v.MovedNote += "；" + causeWords[x.Kind] + " " + x.Submitter
		if x.Return != "" {
			v.MovedNote += " " + x.Return
		}
		if x.Reason != "" {
			v.MovedNote += "（" + x.Reason + "）"
		}
	}
	written, err := keysAsWritten(r, rd, a)
	if err != nil {
		return err
	}
	for i, x := range c.Rows {
		if i == movedShown {
			v.MovedNote += fmt.Sprintf("。涉及 %d 行，下面只列前 %d 行，全部可以下载", len(c.Rows), movedShown)
			break
		}
		row := movedOf(x, m.IsRatio(), written)
		if v.IsDebt {
			row.Key = debtKey(v.forms, row.Key)
		}
		v.Moved = append(v.Moved, row)
	}
	v.MovedNote += "。"
	return nil
}

var causeWords = map[string]string{"new": "新报", "correction": "更正重报", "accept": "放行", "withdraw": "作废", "clear": "清空", "waive": "免报", "undo": "撤销"}

// keysAsWritten are the numbers of the rows behind a figure as their senders wrote them, by return, sheet and row: what
// rows are told apart by is written otherwise (dh-001 for DH-001).
func keysAsWritten(r *http.Request, rd *shelf.Reading, a queries.Ask) (map[string]string, error) {
	list, err := traced(r, rd, a)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, t := range list {
		if t.Key != "" {
			out[rowPlace(t.Return, t.Sheet, int64(t.Row))] = t.Key
		}
	}
	return out, nil
}

func rowPlace(id, sheet string, row int64) string { return fmt.Sprintf("%s %s %d", id, sheet, row) }

// debtKey is a form and period that somebody owes, as people call them.
func debtKey(set *forms.Set, key string) string {
	form, period, _ := strings.Cut(key, " ")
	return strings.TrimSpace(valueShown(set, "form", form) + " " + period)
}

func movedOf(x queries.RowChange, ratio bool, written map[string]string) movedRow {
	side := func(s *queries.RowSide) (string, string) {
		if s == nil {
			return "不计", ""
		}
		text := frame.Plain(s.Contributes)
		if ratio {
			text += "/" + frame.Plain(s.ContributesDen)
		}
		return text, s.Return
	}
	row := movedRow{Key: x.Key, Unit: x.Submitter}
	for _, side := range []*queries.RowSide{x.Before, x.After} {
		if side == nil {
			continue
		}
		if key := written[rowPlace(side.Return, side.Sheet, side.Row)]; key != "" {
			row.Key = key
		}
	}
	var was, is string
	row.Before, was = side(x.Before)
	row.After, is = side(x.After)
	row.Returns = is
	if row.Returns == "" {
		row.Returns = was
	}
	return row
}
