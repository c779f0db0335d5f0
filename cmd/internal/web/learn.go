package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/web/account"
	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/secret"
)

// lessonView is a spelling that a finding asks about: somebody who knows says once what it means, and it is known from
// then on.
type lessonView struct {
	Asks                  string // where it stands
	Form, Column, Written string
	Meant                 []string // what it may mean, the likely one first
	Likely                bool     // the first is what the finding itself suggests; where it has nothing to suggest somebody has to choose
}

// lessonsIn are the spellings that findings of returns ask about, each once.
func lessonsIn(z *office.Zone, returns []*finding.Return) []lessonView {
	var out []lessonView
	for _, x := range returns {
		f := z.Forms.Get(x.Form)
		if f == nil {
			continue
		}
		for _, g := range x.Findings {
			v, ok := lessonOf(z, f, g)
			if ok && !slices.ContainsFunc(out, func(o lessonView) bool {
				return o.Form == v.Form && o.Column == v.Column && o.Written == v.Written
			}) {
				out = append(out, v)
			}
		}
	}
	return out
}

func lessonOf(z *office.Zone, f *forms.Form, g finding.Finding) (v lessonView, ok bool) {
	c := f.Column(g.Field)
	if c == nil || g.Value == "" || strings.HasSuffix(g.Value, "…") || secret.MaskText(g.Value) != g.Value || c.Type.Sensitive() {
		return v, false
	}
	v = lessonView{Form: f.PlainTitle(), Column: c.Title, Written: g.Value}
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

// learn writes down what a spelling means.
func (s *Server) learn(w http.ResponseWriter, r *http.Request, _ account.Person) error {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		return badAsk("没有读到要记住的写法，请再试一次。")
	}
	f := r.PostForm
	x := forms.Lesson{Form: f.Get("form"), Column: f.Get("column"), Written: strings.TrimSpace(f.Get("written")), Meant: f.Get("meant")}
	back := localPath(f.Get("back"))
	if x.Written == "" || x.Meant == "" || len(x.Written) > 500 {
		return &fault{status: http.StatusBadRequest, says: "请选择它的意思。", back: back}
	}
	about(w, strings.Join([]string{x.Form, x.Column, x.Written, x.Meant}, " "))
	err := s.o.Service.Teach(r.Context(), []forms.Lesson{x})
	var refusal *office.Refusal
	if errors.As(err, &refusal) {
		return &fault{status: http.StatusBadRequest, says: "没有记住：" + inChinese(refusal, "这种写法已有别的意思，或没有这样的意思。"), back: back}
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, back+"?done=learn", http.StatusSeeOther)
	return nil
}

// learnedView is a spelling that was learned, as it may be taken back.
type learnedView struct{ Form, Column, Where, Written, Meant string }

func learnedIn(z *office.Zone) ([]learnedView, error) {
	list, err := z.Lessons()
	if err != nil {
		return nil, err
	}
	var out []learnedView
	for _, x := range list {
		v := learnedView{Form: x.Form, Column: x.Column, Where: "单位名称", Written: x.Written, Meant: x.Meant}
		switch {
		case x.Column != "":
			v.Where = x.Form + "“" + x.Column + "”"
		case x.Form != "":
			v.Where = x.Form + " 表头"
		}
		out = append(out, v)
	}
	return out, nil
}

// forget takes a learned spelling back.
func (s *Server) forget(w http.ResponseWriter, r *http.Request, _ account.Person) error {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		return badAsk("没有读到要收回的写法，请再试一次。")
	}
	f := r.PostForm
	x := forms.Lesson{Form: f.Get("form"), Column: f.Get("column"), Written: f.Get("written"), Meant: f.Get("meant")}
	about(w, strings.Join([]string{"forget", x.Form, x.Column, x.Written, x.Meant}, " "))
	err := s.o.Service.Forget(r.Context(), x)
	var refusal *office.Refusal
	if errors.As(err, &refusal) {
		return &fault{status: http.StatusConflict, says: "没有收回：" + inChinese(refusal, "这种写法已经收回。"), back: "/settings#p-learned"}
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/settings?saved=learned#p-learned", http.StatusSeeOther)
	return nil
}
