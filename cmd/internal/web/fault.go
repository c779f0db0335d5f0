package web

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/http"
	"os"
	"strings"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/shelf"
	"taizhang/internal/lang"
	"taizhang/queries"
)

// fault is what a page answers instead of what was asked for, in Chinese.
type fault struct {
	status int
	says   string
	back   string // where to go on, "" for the start
	at     string // the field that it is about, as its form calls it; "" for none
}

func (f *fault) Error() string { return f.says }

func notFound(says string) error  { return &fault{status: http.StatusNotFound, says: says} }
func forbidden(says string) error { return &fault{status: http.StatusForbidden, says: says} }
func badAsk(says string) error    { return &fault{status: http.StatusBadRequest, says: says} }

// badField is badAsk about one field of a form.
func badField(at, says string) error {
	return &fault{status: http.StatusBadRequest, says: says, at: at}
}

// fail answers with an error page. What is no fault of who asked gets a number, under which the log has it.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, who account.Person, err error) {
	var f *fault
	var none *queries.ErrNoReturn
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &f):
	case errors.As(err, &none):
		f = &fault{status: http.StatusNotFound, says: "没有编号为 " + none.ID + " 的报表。"}
	case errors.As(err, &large):
		f = &fault{status: http.StatusRequestEntityTooLarge, says: "上传的内容超过上限，没有接收。"}
	case s.broken(err):
		s.logged(r, err)
		f = &fault{status: http.StatusServiceUnavailable, says: "发布的数据文件被改动或截断，现在读不出数字，系统正在重新发布。报表原件和收件不受影响，请过一会儿再看。"}
	case errors.Is(err, os.ErrNotExist):
		f = &fault{status: http.StatusNotFound, says: "还没有发布过数据：报表收到以后这里才有内容。"}
	case r.Context().Err() != nil:
		return // nobody waits for it
	default:
		f = &fault{status: http.StatusInternalServerError, says: "系统出错，没有完成。请把编号 " + s.logged(r, err) + " 告诉管理员，日志里有原因。"}
	}
	title := map[int]string{
		http.StatusNotFound: "没有找到", http.StatusForbidden: "没有权限", http.StatusBadRequest: "不能这样做", http.StatusInternalServerError: "出错了",
		http.StatusRequestEntityTooLarge: "文件太大", http.StatusTooManyRequests: "请稍候", http.StatusMethodNotAllowed: "不能这样做", http.StatusMisdirectedRequest: "地址不对", http.StatusConflict: "已有变化", http.StatusServiceUnavailable: "没有完成",
	}[f.status]
	if title == "" {
		title = http.StatusText(f.status)
	}
	back := f.back
	if back == "" {
		back = "/"
	}
	s.render(w, r, who, f.status, "error", layout{Title: title, Body: errorView{Says: f.says, Back: back}})
}

// broken says whether something went wrong because the publication was changed while it was read.
func (s *Server) broken(err error) bool {
	if errors.Is(err, shelf.ErrBroken) {
		return true
	}
	var refusal *office.Refusal
	return !errors.As(err, &refusal) && s.readings.Broken()
}

// logged writes down what went wrong, under a number that people can tell.
func (s *Server) logged(r *http.Request, err error) string {
	no := make([]byte, 4)
	_, _ = rand.Read(no) // never fails
	id := hex.EncodeToString(no)
	s.o.Log.Error("page", "no", id, "method", r.Method, "pattern", r.Pattern, "err", err)
	return id
}

type errorView struct{ Says, Back string }

// inChinese is what an error says in Chinese; where nobody has said it so, otherwise.
func inChinese(err error, otherwise string) string {
	text := lang.In(err, lang.Chinese)
	if text == lang.In(err, lang.English) {
		return otherwise
	}
	return strings.TrimRight(text, "。") + "。"
}
