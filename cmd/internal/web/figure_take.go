package web

import (
	"net/http"

	"taizhang/cmd/internal/web/shelf"
	"taizhang/internal/metric"
	"taizhang/queries"
)

// takeFigure sends one of the page's tables whole.
func (s *Server) takeFigure(w http.ResponseWriter, r *http.Request, rd *shelf.Reading, a queries.Ask, m *metric.Metric, as string) error {
	name := m.Label + "_截至" + rd.At(a.Point).AsOf.String()
	which := r.URL.Query().Get("table")
	switch {
	case which == "rows":
		list, err := traced(r, rd, a)
		if err != nil {
			return err
		}
		t := sheetOf(name+"_数据行", "报送编号", "单位", "文件", "工作表", "行", "编号", "相关内容", "计入", "计入分母", "单元格", "报表", "报送期", "应报时间")
		for _, x := range list {
			v := rowViewOf(x, rd.Location(), s.zoneOf())
			t.add(v.Return, v.Unit, v.File, v.Sheet, v.Row, v.Key, v.Values, x.Contributes, x.ContributesDen, v.Cells, v.Form, v.Period, v.Due)
		}
		return t.send(w, as)
	case which == "weeks" && m.Allows("week") && len(a.Where) <= 1:
		list, err := rd.Weeks(r.Context(), a)
		if err != nil {
			return err
		}
		t := sheetOf(name+"_按周", "周", "当时已知", "现在已知")
		for _, x := range list {
			t.add(x.Week, x.Then, x.Now)
		}
		return t.send(w, as)
	case which == "moved":
		return s.takeMoved(w, r, rd, a, name, as)
	case m.Allows(which):
		a.By = []string{which}
		list, err := rd.Metrics(r.Context(), a)
		if err != nil {
			return err
		}
		t := sheetOf(name+"_按"+rd.Catalogue.Label(which), rd.Catalogue.Label(which), "数值", "分子", "分母", "应报", "已报", "未计入行", "未采用值")
		for _, f := range list {
			var value any
			if len(f.Dims) > 0 && f.Dims[0].Value != nil {
				value = valueShown(s.zoneOf().Forms, which, *f.Dims[0].Value)
			}
			c := f.Coverage
			t.add(value, f.Value, f.Num, f.Den, c.Expected, c.Received, c.RowsRefused, c.ValuesEmptied)
		}
		return t.send(w, as)
	}
	return badAsk("没有这张表。")
}

func (s *Server) takeMoved(w http.ResponseWriter, r *http.Request, rd *shelf.Reading, a queries.Ask, name, as string) error {
	since, err := sinceOf(r, rd, a.Point)
	if err != nil {
		return err
	}
	changes, err := rd.MetricsDiff(r.Context(), queries.DiffAsk{Ask: a, Before: since, After: rd.At(a.Point).KnownAt})
	if err != nil {
		return badAsk("这一段时间无法比较。")
	}
	written, err := keysAsWritten(r, rd, a)
	if err != nil {
		return err
	}
	t := sheetOf(name+"_变动", "单位", "编号", "之前", "现在", "报送编号")
	for _, c := range changes {
		for _, x := range c.Rows {
			v := movedOf(x, c.After.Metric.IsRatio(), written)
			if c.After.Metric.Fact.Mode == metric.Obligation {
				v.Key = debtKey(s.zoneOf().Forms, v.Key)
			}
			t.add(v.Unit, v.Key, v.Before, v.After, v.Returns)
		}
	}
	return t.send(w, as)
}
