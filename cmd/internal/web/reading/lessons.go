package reading

import (
	"slices"
	"strings"

	"taizhang/cmd/internal/office"
	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/secret"
)

// LessonView is a spelling that a finding asks about: somebody who knows says once what it means, and it is known from
// then on.
type LessonView struct {
	Asks                  string // where it stands
	Form, Column, Written string
	Meant                 []string // what it may mean, the likely one first
	Likely                bool     // the first is what the finding itself suggests; where it has nothing to suggest somebody has to choose
}

// LessonsIn are the spellings that findings of returns ask about, each once.
func LessonsIn(z *office.Zone, returns []*finding.Return) []LessonView {
	var out []LessonView
	for _, x := range returns {
		f := z.Forms.Get(x.Form)
		if f == nil {
			continue
		}
		for _, g := range x.Findings {
			v, ok := lessonOf(z, f, g)
			if ok && !slices.ContainsFunc(out, func(o LessonView) bool {
				return o.Form == v.Form && o.Column == v.Column && o.Written == v.Written
			}) {
				out = append(out, v)
			}
		}
	}
	return out
}

func lessonOf(z *office.Zone, f *forms.Form, g finding.Finding) (v LessonView, ok bool) {
	c := f.Column(g.Field)
	if c == nil || g.Value == "" || strings.HasSuffix(g.Value, "…") || secret.MaskText(g.Value) != g.Value || c.Type.Sensitive() {
		return v, false
	}
	v = LessonView{Form: f.PlainTitle(), Column: c.Title, Written: g.Value}
	switch g.Rule {
	case "list_value":
		v.Asks = "「" + c.Title + "」里写的"
		for _, x := range c.Values {
			v.Meant = append(v.Meant, x.Name)
		}
	case "heading_guess":
		v.Asks, v.Column, v.Meant = "表头", "", []string{c.Title}
	case "unit_unknown":
		v.Asks, v.Form, v.Column = "单位名称", "", ""
		for _, u := range z.Submitters {
			v.Meant = append(v.Meant, u.Name)
		}
	default:
		return v, false
	}
	i := slices.Index(v.Meant, g.Suggest)
	if i > 0 {
		v.Meant = slices.Insert(slices.Delete(v.Meant, i, i+1), 0, g.Suggest)
	}
	v.Likely = i >= 0 || g.Rule == "heading_guess"
	return v, len(v.Meant) > 0
}
