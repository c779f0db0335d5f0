package web

import (
	"fmt"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"taizhang/cmd/internal/web/reading"
	"taizhang/internal/tooltest"
)

// TestLoad is part of `make bench-web`: within a minute 60 clerks check and hand in, 20 readers read and 5 analysts query. No
// request fails, no file is lost; how long pages take is written into docs/benchmarks.md.
func TestLoad(t *testing.T) {
	if os.Getenv("TAIZHANG_BENCH_WEB") == "" {
		t.Skip("takes a minute; make bench-web runs it")
	}
	begun := tooltest.Measured()
	x := open(t, copyZone(t), func(o *Options) { o.Ahead = true })
	read := []string{"/", "/figures/closure_rate", "/returns", "/units/cyj", "/figures"}
	const clerks, readers, analysts, span = 60, 20, 5, time.Minute
	var mu sync.Mutex
	took := map[string][]time.Duration{}
	timed := func(what string, f func() answerOf) answerOf {
		begun := time.Now()
		a := f()
		mu.Lock()
		defer mu.Unlock()
		took[what] = append(took[what], time.Since(begun))
		if a.status >= 400 {
			t.Errorf("%s: status %d\n%.500s", what, a.status, a.body)
		}
		return a
	}
	for range 2 { // the first to look at a figure after the program's start waits for it
		for _, path := range read {
			x.page(path)
		}
		eventually(t, time.Minute, "the page is never ready", func() bool {
			return x.server.Readings.Current()
		})
	}
	// Somebody opens every figure, each for the first time, once its page has had the time to be made.
	rd := x.server.Readings.Showing()
	n, last := 0, time.Now()
	eventually(t, 5*time.Minute, "pages are made for ever", func() bool {
		if m := rd.Size(); m != n {
			n, last = m, time.Now()
		}
		return time.Since(last) > reading.RestQuiet+3*time.Second
	})
	for _, m := range regexp.MustCompile(`href="(/figures/[a-z_]+)"`).FindAllStringSubmatch(x.page("/figures"), -1) {
		timed("first look at a figure", func() answerOf { return x.get(m[1]) })
	}
	end := time.Now().Add(span)
	var all sync.WaitGroup
	var sent []answerOf
	for i := range clerks {
		all.Go(func() {
			y := *x
			y.client = newClient(t)
			time.Sleep(span * time.Duration(i) / clerks) // they come one after another, not at a stroke
			name := fmt.Sprintf("问题台账%02d.csv", i)
			text := strings.ReplaceAll(mended, "SM-", fmt.Sprintf("SM%02d-", i))
			to := timed("check of a workbook", func() answerOf {
				return y.upload("/units/zfb/check", upload{name, []byte(text)})
			}).header.Get("Location")
			timed("page", func() answerOf { return y.get(to) })
			a := timed("hand in", func() answerOf { return y.post(to, nil) })
			mu.Lock()
			defer mu.Unlock()
			sent = append(sent, a)
		})
	}
	for range readers {
		all.Go(func() {
			y := *x
			y.client = newClient(t)
			for i := 0; time.Now().Before(end); i++ {
				path := read[i%len(read)]
				timed("page", func() answerOf { return y.get(path) })
				time.Sleep(500 * time.Millisecond) // somebody reads it
			}
		})
	}
	for range analysts {
		all.Go(func() {
			y := *x
			y.client = newClient(t)
			timed("query", func() answerOf {
				return y.post("/query", url.Values{"sql": {"select 牵头单位, count(*) from 问题台账 group by 1 order by 2 desc"}})
			})
		})
	}
	all.Wait()
	for _, a := range sent {
		if page := x.sent(a); !strings.Contains(page, "报送编号") {
			t.Errorf("a file is lost:\n%.1000s", page)
		}
	}
	const limit = 300 * time.Millisecond
	ms := func(d time.Duration) string { return fmt.Sprint(d.Milliseconds()) }
	text := fmt.Sprintf("`make bench-web`: within a minute %d clerks check and hand in, %d readers read every half second, %d analysts query; it fails where a request does, a file is lost, or one page in a hundred takes more than %d ms. ", clerks, readers, analysts, limit.Milliseconds()) +
		"*First look* is every figure's page opened for the first time after a publication, before the load: it is made in the quiet after it.\n\n| | requests | half, ms | 99 of 100, ms | slowest, ms |\n|---|---|---|---|---|\n"
	for _, what := range []string{"page", "first look at a figure", "check of a workbook", "hand in", "query"} {
		list := took[what]
		slices.Sort(list)
		p99 := list[len(list)*99/100]
		line := fmt.Sprintf("| %s | %d | %s | %s | %s |", what, len(list), ms(list[len(list)/2]), ms(p99), ms(list[len(list)-1]))
		t.Log(line)
		text += line + "\n"
		if (what == "page" || what == "first look at a figure") && p99 > limit {
			t.Errorf("%s: one in a hundred takes %v or longer, more than %v", what, p99, limit)
		}
	}
	tooltest.Section(t, "../../../docs/benchmarks.md", "## The page", func(string) string {
		return text + "\n2 cores; at the start " + begun + ", at the end " + tooltest.Measured() + ".\n"
	})
}
