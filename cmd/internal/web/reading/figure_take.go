package reading

import (
	"net/http"

	"taizhang/cmd/internal/web/frame"
	"taizhang/cmd/internal/web/shelf"
	"taizhang/internal/metric"
	"taizhang/queries"
)

// takeFigure sends one of the page's tables whole.
func (s *Pages) takeFigure(w http.ResponseWriter, r *http.Request, rd *shelf.Reading, a queries.Ask, m *metric.Metric, as string) error {
	name := m.Label + "_截至" + rd.At(a.Point).AsOf.String()
	which := r.URL.Query().Get("table")
	switch {
	case which == "rows":
		list, err := traced(r, rd, a)
		if err != nil {
			return err
		}
		t := frame.SheetOf(name+"_数据行", "报送编号", "单位", "文件", "工作表", "行", "编号", "相关内容", "计入", "计入分母", "单元格", "报表", "报送期", "应报时间")
		for _, x := range list {
			v := rowViewOf(x, rd.Location(), s.ZoneOf())
			t.Add(v.Return, v.Unit, v.File, v.Sheet, v.Row, v.Key, v.Values, x.Contributes, x.ContributesDen, v.Cells, v.Form, v.Period, v.Due)
		}
		return t.Send(w, as)
	case which == "weeks" && m.Allows("week") && len(a.Where) <= 1:
		list, err := rd.Weeks(r.Context(), a)
		if err != nil {
			return err
		}
		t := frame.SheetOf(name+"_按周", "周", "当时已知", "现在已知")
		for _, x := range list {
			t.Add(x.Week, x.Then, x.Now)
		}
		return t.Send(w, as)
	case which == "moved":
		return s.takeMoved(w, r, rd, a, name, as)
	case m.Allows(which):
		a.By = []string{which}
		list, err := rd.Metrics(r.Context(), a)
		if err != nil {
			return err
		}
		t := frame.SheetOf(name+"_按"+rd.Catalogue.Label(which), rd.Catalogue.Label(which), "数值", "分子", "分母", "应报", "已报", "未计入行", "未采用值")
		for _, f := range list {
			var value any
			if len(f.Dims) > 0 && f.Dims[0].Value != nil {
				value = valueShown(s.ZoneOf().Forms, which, *f.Dims[0].Value)
			}
			c := f.Coverage
			t.Add(value, f.Value, f.Num, f.Den, c.Expected, c.Received, c.RowsRefused, c.ValuesEmptied)
		}
		return t.Send(w, as)
	}
	return frame.BadAsk("没有这张表。")
}

func (s *Pages) takeMoved(w http.ResponseWriter, r *http.Request, rd *shelf.Reading, a queries.Ask, name, as string) error {
	since, err := sinceOf(r, rd, a.Point)
	if err != nil {
		return err
	}
	changes, err := rd.MetricsDiff(r.Context(), queries.DiffAsk{Ask: a, Before: since, After: rd.At(a.Point).KnownAt})
	if err != nil {
		return frame.BadAsk("这一段时间无法比较。")
	}
	written, err := keysAsWritten(r, rd, a)
	if err != nil {
		return err
	}
	t := frame.SheetOf(name+"_变动", "单位", "编号", "之前", "现在", "报送编号")
	for _, c := range changes {
		for _, x := range c.Rows {
			v := movedOf(x, c.After.Metric.IsRatio(), written)
			if c.After.Metric.Fact.Mode == metric.Obligation {
				v.Key = debtKey(s.ZoneOf().Forms, v.Key)
			}
			t.Add(v.Unit, v.Key, v.Before, v.After, v.Returns)
		}
	}
	return t.Send(w, as)
}
