package running

import (
	"errors"
	"net/http"
	"strings"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/frame"
	"taizhang/ingest/forms"
)

// Learn writes down what a spelling means.
func (s *Pages) Learn(w http.ResponseWriter, r *http.Request, _ account.Person) error {
	if err := frame.ReadForm(w, r, 64<<10, "没有读到要记住的写法，请再试一次。"); err != nil {
		return err
	}
	f := r.PostForm
	x := forms.Lesson{Form: f.Get("form"), Column: f.Get("column"), Written: strings.TrimSpace(f.Get("written")), Meant: f.Get("meant")}
	back := frame.LocalPath(f.Get("back"))
	if x.Written == "" || x.Meant == "" || len(x.Written) > 500 {
		return &frame.Fault{Status: http.StatusBadRequest, Says: "请选择它的意思。", Back: back}
	}
	frame.About(w, strings.Join([]string{x.Form, x.Column, x.Written, x.Meant}, " "))
	err := s.Options.Service.Teach(r.Context(), []forms.Lesson{x})
	var refusal *office.Refusal
	if errors.As(err, &refusal) {
		return &frame.Fault{Status: http.StatusBadRequest, Says: "没有记住：" + frame.InChinese(refusal, "这种写法已有别的意思，或没有这样的意思。"), Back: back}
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

// Forget takes a learned spelling back.
func (s *Pages) Forget(w http.ResponseWriter, r *http.Request, _ account.Person) error {
	if err := frame.ReadForm(w, r, 64<<10, "没有读到要收回的写法，请再试一次。"); err != nil {
		return err
	}
	f := r.PostForm
	x := forms.Lesson{Form: f.Get("form"), Column: f.Get("column"), Written: f.Get("written"), Meant: f.Get("meant")}
	frame.About(w, strings.Join([]string{"forget", x.Form, x.Column, x.Written, x.Meant}, " "))
	err := s.Options.Service.Forget(r.Context(), x)
	var refusal *office.Refusal
	if errors.As(err, &refusal) {
		return &frame.Fault{Status: http.StatusConflict, Says: "没有收回：" + frame.InChinese(refusal, "这种写法已经收回。"), Back: "/settings#p-learned"}
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/settings?saved=learned#p-learned", http.StatusSeeOther)
	return nil
}
