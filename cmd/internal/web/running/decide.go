package running

import (
	"errors"
	"net/http"
	"strings"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/frame"
	"taizhang/ingest/secret"
	"taizhang/internal/archive"
	"taizhang/internal/calendar"
	"taizhang/internal/lang"
)

// DecideReturn is a decision about one return: 放行, 作废, 撤销.
func (s *Pages) DecideReturn(w http.ResponseWriter, r *http.Request, who account.Person) error {
	return s.decide(w, r, who, office.Decision{Return: r.PathValue("return")}, "/returns/"+r.PathValue("return"),
		map[string]archive.Decision{"accept": archive.Accept, "withdraw": archive.Withdraw, "undo": archive.Undo})
}

// DecideUnit is a decision about what a unit owes or has handed in: 免报, 清空, and their 撤销.
func (s *Pages) DecideUnit(w http.ResponseWriter, r *http.Request, who account.Person) error {
	return s.decide(w, r, who, office.Decision{Submitter: r.PathValue("unit")}, "/units/"+r.PathValue("unit"),
		map[string]archive.Decision{"clear": archive.Clear, "waive": archive.Waive, "undo-clear": archive.Undo, "undo-waive": archive.Undo})
}

func (s *Pages) decide(w http.ResponseWriter, r *http.Request, who account.Person, d office.Decision, back string, kinds map[string]archive.Decision) error {
	if err := frame.ReadForm(w, r, 64<<10, "没有读到决定的内容，请再试一次。"); err != nil {
		return err
	}
	what := r.PostForm.Get("kind")
	kind, ok := kinds[what]
	refuse := func(says string) error { return &frame.Fault{Status: http.StatusBadRequest, Says: says, Back: back} }
	if !ok {
		return refuse("没有这种决定。")
	}
	d.Kind, d.Reason, d.By = kind, strings.TrimSpace(r.PostForm.Get("reason")), who.Name
	if d.Reason == "" {
		return refuse("请写明理由：决定和理由会记入日志，并写进给填报单位的回执。")
	}
	if d.Submitter != "" {
		d.Form = r.PostForm.Get("form")
		if f := s.ZoneOf().Forms.Get(d.Form); f == nil {
			return refuse("请选择报表。")
		}
		if strings.HasSuffix(what, "waive") {
			d.Period = strings.TrimSpace(r.PostForm.Get("period"))
			if _, err := calendar.ParsePeriod(d.Period); err != nil {
				return refuse("报送期请写成 2022-W33（周）或 2022-08（月）。")
			}
		}
	}
	frame.About(w, strings.Join([]string{what, d.Return, d.Form, d.Period, secret.MaskText(d.Reason)}, " "))
	out, err := s.Options.Service.Decide(r.Context(), d)
	var refusal *office.Refusal
	if errors.As(err, &refusal) {
		return refuse("没有执行：" + frame.InChinese(refusal, "不能这样决定。"))
	}
	if err != nil {
		return err
	}
	if back += "?done=" + what; d.Submitter != "" && out != nil && out.Note != (lang.Text{}) {
		back += "-counted"
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
	return nil
}
