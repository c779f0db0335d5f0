package web

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"taizhang/internal/zone"
)

// formOf is what a browser would post of a form of 设置 that nobody has typed into.
func formOf(t *testing.T, page, part, item string) url.Values {
	t.Helper()
	for _, f := range regexp.MustCompile(`(?s)<form method="post" action="/settings" class="stack">(.*?)</form>`).FindAllString(page, -1) {
		if !strings.Contains(f, `name="part" value="`+part+`"`) || !strings.Contains(f, `name="item" value="`+item+`"`) {
			continue
		}
		form := url.Values{}
		for _, m := range regexp.MustCompile(`<input[^>]* name="([^"]+)" value="([^"]*)"`).FindAllStringSubmatch(f, -1) {
			form.Set(m[1], html.UnescapeString(m[2]))
		}
		for _, m := range regexp.MustCompile(`(?s)<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>`).FindAllStringSubmatch(f, -1) {
			if s := regexp.MustCompile(`value="([^"]*)" selected`).FindStringSubmatch(m[2]); s != nil {
				form.Set(m[1], s[1])
			}
		}
		return form
	}
	t.Fatalf("no form %s %s", part, item)
	return nil
}

// change is what somebody types into one form of 设置.
type change struct {
	part, item string
	typed      []string // names of fields and their values
}

func (c change) into(form url.Values) url.Values {
	for i := 0; i < len(c.typed); i += 2 {
		form.Set(c.typed[i], c.typed[i+1])
	}
	return form
}

// TestSettingsOfTwo: where two people change the settings at once, the second is refused once, sees what they typed and what
// became different, and may save it knowingly; neither's change is lost unknowingly.
func TestSettingsOfTwo(t *testing.T) {
	for name, c := range map[string]struct {
		first, second change
		at            string   // the item that the second goes on with
		says          []string // at the form
		does          string   // what its button says
		holds, lacks  []string // of the file, once the second has saved again; no holds: there is nothing to save
	}{
		"the same field": {change{"units", "0", []string{"aliases", "甲写法"}}, change{"units", "0", []string{"aliases", "乙写法"}}, "0",
			[]string{"标出的地方和您打开时不同", "由“区产业局、产业发展局”改成了“甲写法”，再保存就改成您填的"}, "保存", []string{"aliases: [乙写法]"}, []string{"甲写法"}},
		"another field of the item": {change{"units", "0", []string{"aliases", "甲写法"}}, change{"units", "0", []string{"until", "2023-06-30", "merged_into", "财政局"}}, "0",
			[]string{"改成了“甲写法”，您没有改它，现照改后的显示"}, "保存", []string{"aliases: [甲写法]", "until: '2023-06-30', merged_into: 财政局"}, nil},
		"another item": {change{"basics", "", []string{"contact", "王工 0731"}}, change{"units", "0", []string{"aliases", "乙写法"}}, "0",
			[]string{"改的不是这一项，核对后再按一次“保存”就写入"}, "保存", []string{"王工 0731", "aliases: [乙写法]"}, nil},
		"a place in the list moved": {change{"returns", "0", []string{"remove", "1"}}, change{"returns", "6", []string{"due", "次周二 12:00"}}, "5",
			[]string{"改的不是这一项"}, "保存", []string{`{form: activity, from: [党政办], due: "次周二 12:00"`}, nil},
		"the item is gone": {change{"targets", "satisfaction_rate", []string{"remove", "1"}}, change{"targets", "satisfaction_rate", []string{"value", "0.77"}}, "new",
			[]string{"这一项已被删掉；仍然需要的，按“添加”重新添加"}, "添加", []string{"satisfaction_rate: 0.77"}, nil},
		"both remove it": {change{"targets", "satisfaction_rate", []string{"remove", "1"}}, change{"targets", "satisfaction_rate", []string{"remove", "1"}}, "new",
			[]string{"已经删掉了，不用再删"}, "", nil, []string{"satisfaction_rate:"}},
		"both add it": {change{"targets", "new", []string{"metric", "hires", "value", "500"}}, change{"targets", "new", []string{"metric", "hires", "value", "600"}}, "hires",
			[]string{"由空白改成了“500”，再保存就改成您填的"}, "保存", []string{"hires: 600"}, []string{"hires: 500"}},
		"it is sent twice": {change{"units", "new", []string{"code", "xin", "name", "新设局"}}, change{"units", "new", []string{"code", "xin", "name", "新设局"}}, "new",
			[]string{"已经和您填的一样，不用再保存"}, "", nil, nil},
		"one removes what another changed": {change{"targets", "closure_rate", []string{"value", "0.81"}}, change{"targets", "closure_rate", []string{"remove", "1"}}, "closure_rate",
			[]string{"核对后再按一次“删除”"}, "删除", []string{"on_time_closure_rate: 0.90"}, []string{" closure_rate:"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := copyZone(t)
			x := open(t, dir, func(o *Options) { o.Service.(*testService).still = true })
			read := func() string {
				t.Helper()
				text, err := os.ReadFile(filepath.Join(dir, zone.FileName))
				if err != nil {
					t.Fatal(err)
				}
				return string(text)
			}
			page := x.page("/settings") // both have it before them
			if a := x.post("/settings", c.first.into(formOf(t, page, c.first.part, c.first.item))); a.status != http.StatusSeeOther {
				t.Fatalf("the first: status %d", a.status)
			}
			between := read()
			a := x.post("/settings", c.second.into(formOf(t, page, c.second.part, c.second.item)))
			said := html.UnescapeString(a.body)
			if strings.Contains(a.body, "aria-invalid") {
				t.Error("a value that is right is said to be wrong")
			}
			if a.status != http.StatusConflict || read() != between {
				t.Fatalf("the second: status %d, or it was written", a.status)
			}
			for _, want := range append(c.says, "您填写期间") {
				if !strings.Contains(said, want) {
					t.Errorf("the page doesn't say %q\n%s", want, regexp.MustCompile(`(?s)role="alert".*?</div>|class="fault"[^<]*<`).FindAllString(said, -1))
				}
			}
			if len(c.holds) == 0 {
				for _, other := range c.lacks {
					if strings.Contains(between, " "+other) {
						t.Errorf("the file holds %q", other)
					}
				}
				return
			}
			form := formOf(t, a.body, c.second.part, c.at)
			for i := 0; i < len(c.second.typed); i += 2 {
				field := c.second.typed[i]
				if field == "remove" {
					form.Set(field, "1")
				} else if (field != "metric" || c.at == "new") && form.Get(field) != c.second.typed[i+1] {
					t.Errorf("what was typed into %s is lost: %q", field, form.Get(field))
				}
			}
			if !strings.Contains(a.body, `target="_blank">另开一页看现在的设置`) || !strings.Contains(a.body, ">"+c.does+"</button>") {
				t.Error("nothing leads to the settings as they are, or to saving it")
			}
			if a := x.post("/settings", form); a.status != http.StatusSeeOther {
				t.Fatalf("saved again: status %d\n%s", a.status, regexp.MustCompile(`(?s)role="alert".*?</div>`).FindString(a.body))
			}
			now := read()
			for _, want := range c.holds {
				if !strings.Contains(now, want) {
					t.Errorf("the file lacks %q:\n%.1500s", want, now)
				}
			}
			for _, other := range c.lacks {
				if strings.Contains(now, other) {
					t.Errorf("the file holds %q", other)
				}
			}
		})
	}
}

// lateService is a service to which somebody else's change of the file comes just before it writes.
type lateService struct {
	*testService
	before func()
}

func (s *lateService) Configure(ctx context.Context, was, text []byte) error {
	if do := s.before; do != nil {
		s.before = nil
		do()
	}
	return s.testService.Configure(ctx, was, text)
}

// TestSettingsTyped: what was typed is shown again also where the file was changed in the very moment of writing, and where
// it can't be read any more.
func TestSettingsTyped(t *testing.T) {
	dir := copyZone(t)
	file := filepath.Join(dir, zone.FileName)
	late := &lateService{testService: &testService{dir: dir, clock: testClock, still: true}}
	x := open(t, dir, func(o *Options) { o.Service = late })
	edit := func(add string) {
		text, err := os.ReadFile(file)
		if err == nil {
			err = os.WriteFile(file, append(text, add...), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	mine := change{"basics", "", []string{"contact", "李工 0732"}}
	late.before = func() { edit("# 手工加的一行\n") }
	a := x.post("/settings", mine.into(formOf(t, x.page("/settings"), "basics", "")))
	if a.status != http.StatusConflict || !strings.Contains(a.body, "改的不是这一项") || formOf(t, a.body, "basics", "").Get("contact") != "李工 0732" {
		t.Fatalf("changed in the moment of writing: status %d\n%.3000s", a.status, a.body)
	}
	if a := x.post("/settings", formOf(t, a.body, "basics", "")); a.status != http.StatusSeeOther {
		t.Errorf("saved again: status %d", a.status)
	}
	form := change{"basics", "", []string{"contact", "王工 0733"}}.into(formOf(t, x.page("/settings"), "basics", ""))
	edit("zone: [\n")
	if a := x.post("/settings", form); a.status != http.StatusConflict || !strings.Contains(a.body, "读不出来") || !strings.Contains(a.body, "您填的没有写入，先记在这里：") || !strings.Contains(a.body, "王工 0733") {
		t.Errorf("the file is broken: status %d\n%.3000s", a.status, a.body)
	}
}
