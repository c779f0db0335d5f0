package frame

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

// Fault is what a page answers instead of what was asked for, in Chinese.
type Fault struct {
	Status int
	Says   string
	Back   string // where to go on, "" for the start
	at     string // the field that it is about, as its form calls it; "" for none
}

func (f *Fault) Error() string { return f.Says }

func NotFound(says string) error  { return &Fault{Status: http.StatusNotFound, Says: says} }
func Forbidden(says string) error { return &Fault{Status: http.StatusForbidden, Says: says} }
func BadAsk(says string) error    { return &Fault{Status: http.StatusBadRequest, Says: says} }

// ReadForm reads a form that somebody sent, of so many bytes at most; says is what they read where it didn't come whole.
func ReadForm(w http.ResponseWriter, r *http.Request, most int64, says string) error {
	r.Body = http.MaxBytesReader(w, r.Body, most)
	if r.ParseForm() != nil {
		return BadAsk(says)
	}
	return nil
}

// BadField is badAsk about one field of a form.
func BadField(at, says string) error {
	return &Fault{Status: http.StatusBadRequest, Says: says, at: at}
}

// Fail answers with an error page. What is no fault of who asked gets a number, under which the log has it.
func (s *Frame) Fail(w http.ResponseWriter, r *http.Request, who account.Person, err error) {
	var f *Fault
	var none *queries.ErrNoReturn
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &f):
	case errors.As(err, &none):
		f = &Fault{Status: http.StatusNotFound, Says: "没有编号为 " + none.ID + " 的报表。"}
	case errors.As(err, &large):
		f = &Fault{Status: http.StatusRequestEntityTooLarge, Says: "上传的内容超过上限，没有接收。"}
	case s.Broken(err):
		s.Logged(r, err)
		f = &Fault{Status: http.StatusServiceUnavailable, Says: "发布的数据文件被改动或截断，现在读不出数字，系统正在重新发布。报表原件和收件不受影响，请过一会儿再看。"}
	case errors.Is(err, os.ErrNotExist):
		f = &Fault{Status: http.StatusNotFound, Says: "还没有发布过数据：报表收到以后这里才有内容。"}
	case r.Context().Err() != nil:
		return // nobody waits for it
	default:
		f = &Fault{Status: http.StatusInternalServerError, Says: "系统出错，没有完成。请把编号 " + s.Logged(r, err) + " 告诉管理员，日志里有原因。"}
	}
	title := map[int]string{
		http.StatusNotFound: "没有找到", http.StatusForbidden: "没有权限", http.StatusBadRequest: "不能这样做", http.StatusInternalServerError: "出错了",
		http.StatusRequestEntityTooLarge: "文件太大", http.StatusTooManyRequests: "请稍候", http.StatusMethodNotAllowed: "不能这样做", http.StatusMisdirectedRequest: "地址不对", http.StatusConflict: "已有变化", http.StatusServiceUnavailable: "没有完成",
	}[f.Status]
	if title == "" {
		title = http.StatusText(f.Status)
	}
	back := f.Back
	if back == "" {
		back = "/"
	}
	s.Render(w, r, who, f.Status, "error", Layout{Title: title, Body: errorView{Says: f.Says, Back: back}})
}

// Broken says whether something went wrong because the publication was changed while it was read.
func (s *Frame) Broken(err error) bool {
	if errors.Is(err, shelf.ErrBroken) {
		return true
	}
	var refusal *office.Refusal
	return !errors.As(err, &refusal) && s.Readings.Broken()
}

// Logged writes down what went wrong, under a number that people can tell.
func (s *Frame) Logged(r *http.Request, err error) string {
	no := make([]byte, 4)
	_, _ = rand.Read(no) // never fails
	id := hex.EncodeToString(no)
	s.Options.Log.Error("page", "no", id, "method", r.Method, "pattern", r.Pattern, "err", err)
	return id
}

type errorView struct{ Says, Back string }

// InChinese is what an error says in Chinese; where nobody has said it so, otherwise.
func InChinese(err error, otherwise string) string {
	text := lang.In(err, lang.Chinese)
	if text == lang.In(err, lang.English) {
		return otherwise
	}
	return strings.TrimRight(text, "。") + "。"
}
