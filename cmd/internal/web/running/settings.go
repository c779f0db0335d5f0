package running

import (
	"errors"
	"net/http"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/frame"
	"taizhang/cmd/internal/web/settings"
)

// settingsView is 设置: the file as forms, and the spellings that were learned.
type settingsView struct {
	settings.View
	Learned []learnedView
}

// showSettings shows 设置.
func (s *Pages) showSettings(w http.ResponseWriter, r *http.Request, who account.Person, status int, v settings.View) error {
	list, err := learnedIn(s.ZoneOf())
	if err != nil {
		return err
	}
	s.Render(w, r, who, status, "settings", frame.Layout{Title: "设置", Body: settingsView{v, list}})
	return nil
}

// Settings shows 设置.
func (s *Pages) Settings(w http.ResponseWriter, r *http.Request, who account.Person) error {
	_, _, v, err := settings.Of(s.ZoneOf())
	if err != nil {
		return err
	}
	v.Saved = r.URL.Query().Get("saved")
	return s.showSettings(w, r, who, http.StatusOK, v)
}

// Change changes one form of the settings in the file, where it is as it was when the form was made.
func (s *Pages) Change(w http.ResponseWriter, r *http.Request, who account.Person) error {
	if err := frame.ReadForm(w, r, 256<<10, "没有读到要改的内容，请再试一次。"); err != nil {
		return err
	}
	was, e, v, err := settings.Of(s.ZoneOf())
	if err != nil {
		return err
	}
	part, item, remove := r.PostForm.Get("part"), r.PostForm.Get("item"), r.PostForm.Get("remove") != ""
	frame.About(w, part+" "+item)
	again := func() error { // what was typed is not lost
		if v.Broken {
			v.TypedOnly(r.PostForm)
		} else {
			v.Again(part, item, r.PostForm, remove)
		}
		return s.showSettings(w, r, who, http.StatusConflict, v)
	}
	if v.Broken || r.PostForm.Get("mark") != v.Mark {
		return again()
	}
	f := v.Form(part, item)
	if f == nil {
		return frame.BadAsk("没有这项设置。")
	}
	f.Fill(r.PostForm)
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
		return frame.BadAsk("这一项不能删除。")
	}
	if err == nil {
		err = s.Options.Service.Configure(r.Context(), was, e.Text())
	}
	if err != nil {
		if errors.Is(err, office.ErrChanged) {
			if _, _, v, err = settings.Of(s.ZoneOf()); err != nil {
				return err
			}
			return again()
		}
		f.Open = true
		if v.Faults = f.Blame(e, err, remove); v.Faults == nil && !f.Blamed() {
			return err
		}
		v.At = f.Wrongs()
		return s.showSettings(w, r, who, http.StatusBadRequest, v)
	}
	s.Intake.Join(func() error { return s.Options.Service.Run(frame.NoContext, "page "+who.Name) })
	http.Redirect(w, r, "/settings?saved="+part+"#p-"+part, http.StatusSeeOther)
	return nil
}
