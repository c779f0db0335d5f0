package web

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"taizhang/internal/durable"
)

// full makes writing into the inbox fail, as on a full disk, of files whose path holds something.
func full(t *testing.T, op durable.Op, holds string) (mend func()) {
	t.Helper()
	return durable.SetHook(func(s durable.Step) error {
		if s.Op == op && strings.Contains(s.Path, "inbox") && strings.Contains(s.Path, holds) {
			return syscall.ENOSPC
		}
		return nil
	})
}

// inboxOf lists a unit's files in the inbox.
func inboxOf(t *testing.T, dir, unit string) (names []string) {
	t.Helper()
	list, err := os.ReadDir(filepath.Join(dir, "inbox", unit))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		names = append(names, f.Name())
	}
	return names
}

// TestNotSaved: what could not be written into the inbox is never called received. Its page says so and keeps what was
// explained; the same page hands it in once the disk has room.
func TestNotSaved(t *testing.T) {
	dir := copyZone(t)
	x := open(t, dir, nil)
	to := x.upload("/units/zfb/check", upload{"问题台账.csv", []byte(mended)}).header.Get("Location")
	form := url.Values{}
	for _, d := range mark.FindAllStringSubmatch(x.page(to), -1) {
		form.Set(d[1], "补录的旧件，时限以原件为准")
	}
	sent := strings.Replace(to, "/drafts/", "/sent/", 1)
	mend := full(t, durable.Append, "政法办")
	a := x.post(to, form)
	mend()
	if a.status != http.StatusServiceUnavailable || !strings.Contains(a.body, "没有报送成功：系统的磁盘满了") || !strings.Contains(a.body, `value="补录的旧件，时限以原件为准"`) {
		t.Errorf("handing in on a full disk: status %d\n%s", a.status, a.body)
	}
	if !strings.Contains(x.log.String(), "no space left") {
		t.Errorf("the log doesn't say why:\n%s", x.log)
	}
	if got := x.get(sent); got.status != http.StatusSeeOther || got.header.Get("Location") != to {
		t.Errorf("what is not handed in has a page of its outcome: status %d, to %q", got.status, got.header.Get("Location"))
	}
	if !strings.Contains(x.page(to), `value="补录的旧件，时限以原件为准"`) {
		t.Error("what was explained is gone")
	}
	if left := inboxOf(t, dir, "政法办"); len(left) > 0 {
		t.Errorf("the inbox holds %v", left)
	}
	page := x.sent(x.post(to, form))
	if !strings.Contains(page, "计入3行") || strings.Contains(page, "请核实") {
		t.Errorf("what became of it, handed in again:\n%s", page)
	}

	// The same where a return is explained afterwards.
	to = x.upload("/units/zfb/check", upload{"另一份.csv", []byte(strings.ReplaceAll(mended, "SM-9", "SM-8"))}).header.Get("Location")
	one := link(t, x.sent(x.post(to, nil)), "看审核意见")
	form = url.Values{mark.FindStringSubmatch(x.page(one))[1]: {"时限以原件为准"}}
	mend = full(t, durable.Create, "政法办")
	a = x.post(one+"/explain", form)
	mend()
	if a.status != http.StatusServiceUnavailable || !strings.Contains(a.body, "没有报送成功") || !strings.Contains(a.body, `value="时限以原件为准"`) {
		t.Errorf("explaining on a full disk: status %d\n%s", a.status, a.body)
	}
}

// TestSavedInPart: of several files those that were written are handed in, once; the others follow with the next try.
func TestSavedInPart(t *testing.T) {
	dir := copyZone(t)
	x := open(t, dir, func(o *Options) { o.Service.(*testService).still = true })
	other := strings.ReplaceAll(mended, "SM-9", "SM-8")
	to := x.upload("/units/zfb/check", upload{"甲.csv", []byte(mended)}, upload{"乙.csv", []byte(other)}).header.Get("Location")
	mend := full(t, durable.Rename, "乙")
	a := x.post(to, nil)
	mend()
	if a.status != http.StatusServiceUnavailable || strings.Count(a.body, "这个文件已经收下") != 1 {
		t.Errorf("one of two is written: status %d\n%s", a.status, a.body)
	}
	if a := x.post(to, nil); a.status != http.StatusSeeOther || !strings.Contains(a.header.Get("Location"), "/sent/") {
		t.Errorf("the next try: status %d\n%s", a.status, a.body)
	}
	if got := strings.Join(inboxOf(t, dir, "政法办"), " "); got != "乙.csv 甲.csv" {
		t.Errorf("the inbox holds %s", got)
	}
}

// TestNothingToHandIn: of files that can't be handed in nothing is offered and nothing promised.
func TestNothingToHandIn(t *testing.T) {
	x := open(t, sharedZone(t), nil)
	to := x.upload("/units/zfb/check", upload{"空.csv", nil}).header.Get("Location")
	if page := x.page(to); strings.Contains(page, "<button class=\"button") || strings.Contains(page, "也会登记") || !strings.Contains(page, "没有能报送的文件") {
		t.Errorf("its page offers to hand it in:\n%s", page)
	}
	if a := x.post(to, nil); a.status != http.StatusBadRequest {
		t.Errorf("handing it in: status %d, to %q", a.status, a.header.Get("Location"))
	}
}

// TestSameNameAtOnce: clerks who hand in different files of one name at the same moment lose none of them.
func TestSameNameAtOnce(t *testing.T) {
	dir := copyZone(t)
	x := open(t, dir, func(o *Options) { o.Service.(*testService).still = true })
	const clerks = 6
	var to []string
	for i := range clerks {
		to = append(to, x.upload("/units/zfb/check", upload{"周报.csv", []byte(strings.ReplaceAll(mended, "SM-9", "SM-"+string(rune('1'+i))))}).header.Get("Location"))
	}
	var here, done sync.WaitGroup
	here.Add(clerks)
	restore := durable.SetHook(func(s durable.Step) error {
		if s.Op == durable.Create && strings.HasSuffix(s.Path, "政法办") {
			here.Done()
			here.Wait() // all of them have found their name before the first writes
		}
		return nil
	})
	defer restore()
	for _, draft := range to {
		done.Go(func() {
			if a := x.post(draft, nil); a.status != http.StatusSeeOther {
				t.Errorf("hand in: status %d\n%s", a.status, a.body)
			}
		})
	}
	done.Wait()
	seen := map[string]bool{}
	for _, name := range inboxOf(t, dir, "政法办") {
		content, err := os.ReadFile(filepath.Join(dir, "inbox", "政法办", name))
		if err != nil {
			t.Fatal(err)
		}
		seen[string(bytes.TrimSpace(content))] = true
	}
	if len(seen) != clerks {
		t.Errorf("of %d files %d are in the inbox: %v", clerks, len(seen), inboxOf(t, dir, "政法办"))
	}
}

// TestOutcomeIsOfNow: the page of what was handed in shows what became of it, not of the same content weeks ago, also
// where the return's own day is later than that of the figures.
func TestOutcomeIsOfNow(t *testing.T) {
	later := func() time.Time { return testClock().AddDate(0, 0, 5) }
	service := &testService{dir: copyZone(t), clock: later}
	x := open(t, service.dir, func(o *Options) { o.Service, o.Clock = service, later })
	const wrong = "问题台账\n序号,备注\n1,没有别的列\n"
	for i, want := range []string{"退回", "退回"} {
		to := x.upload("/units/zfb/check", upload{"独.csv", []byte(wrong)}).header.Get("Location")
		service.still = i > 0
		a := x.post(to, nil)
		if i > 0 {
			if page := x.page(a.header.Get("Location")); strings.Contains(page, "报送编号") || !strings.Contains(page, "文件已在收件箱") {
				t.Errorf("a file that waits has an outcome:\n%s", page)
			}
			service.still = false
			if err := service.Run(t.Context(), ""); err != nil {
				t.Fatal(err)
			}
		}
		page := ""
		eventually(t, time.Minute, "it is never taken in", func() bool {
			page = x.page(a.header.Get("Location"))
			return strings.Contains(page, "报送编号")
		})
		if !strings.Contains(page, want) {
			t.Errorf("what became of it:\n%s", page)
		}
	}
}
