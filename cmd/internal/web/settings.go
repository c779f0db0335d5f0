package web

import (
	"errors"
	"net/http"
	"strings"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/web/settings"
)

// settingsView is 设置: the file as forms, and the spellings that were learned.
type settingsView struct {
	settings.View
	Learned []learnedView
}

// showSettings shows 设置.
func (s *Server) showSettings(w http.ResponseWriter, r *http.Request, who person, status int, v settings.View) error {
	list, err := learnedIn(s.zoneOf())
	if err != nil {
		return err
	}
	s.render(w, r, who, status, "settings", layout{Title: "设置", Body: settingsView{v, list}})
	return nil
}

// settings shows 设置.
func (s *Server) settings(w http.ResponseWriter, r *http.Request, who person) error {
	_, _, v, err := settings.Of(s.zoneOf())
	if err != nil {
		return err
	}
	v.Saved = r.URL.Query().Get("saved")
	return s.showSettings(w, r, who, http.StatusOK, v)
}

// change changes one form of the settings in the file, where it is as it was when the form was made.
func (s *Server) change(w http.ResponseWriter, r *http.Request, who person) error {
	r.Body = http.MaxBytesReader(w, r.Body, 256<<10)
	if err := r.ParseForm(); err != nil {
		return badAsk("没有读到要改的内容，请再试一次。")
	}
	was, e, v, err := settings.Of(s.zoneOf())
	if err != nil {
		return err
	}
	part, item := r.PostForm.Get("part"), r.PostForm.Get("item")
	about(w, part+" "+item)
	if v.Broken {
		return &fault{status: http.StatusConflict, says: v.Faults[0], back: "/settings"}
	}
	if r.PostForm.Get("mark") != v.Mark {
		return &fault{status: http.StatusConflict, says: "设置文件在您填写期间被改过，没有写入，以免覆盖别人的修改。请返回查看现在的设置，再改一次。", back: "/settings#p-" + part}
	}
	f := v.Form(part, item)
	if f == nil {
		return badAsk("没有这项设置。")
	}
	for i := range f.Fields {
		f.Fields[i].Value = strings.TrimSpace(strings.ToValidUTF8(r.PostForm.Get(f.Fields[i].Name), "?"))
	}
	remove := r.PostForm.Get("remove") != ""
	if !remove && !f.Complete() {
		f.Open, v.At = true, f.Wrongs()
		return s.showSettings(w, r, who, http.StatusBadRequest, v)
	}
	if remove {
		err = f.Remove(e)
	} else {
		err = f.Write(e)
	}
	if errors.Is(err, settings.ErrKept) {
		return badAsk("这一项不能删除。")
	}
	if err == nil {
		err = s.o.Service.Configure(r.Context(), was, e.Text())
	}
	if err != nil {
		if errors.Is(err, office.ErrChanged) {
			return &fault{status: http.StatusConflict, says: inChinese(office.ErrChanged, ""), back: "/settings"}
		}
		f.Open = true
		if v.Faults = f.Blame(e, err, remove); v.Faults == nil && !f.Blamed() {
			return err
		}
		v.At = f.Wrongs()
		return s.showSettings(w, r, who, http.StatusBadRequest, v)
	}
	s.intake.join(func() error { return s.o.Service.Run(noContext, "page "+who.Name) })
	http.Redirect(w, r, "/settings?saved="+part+"#p-"+part, http.StatusSeeOther)
	return nil
}
