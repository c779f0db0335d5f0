package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"taizhang/internal/lang"
)

// screen is where a command writes to people. What is written clears the line of progress, which is drawn anew after it.
type screen struct {
	mu    sync.Mutex
	to    io.Writer
	file  *os.File // a terminal; nil: none, and no progress is shown
	drawn bool
}

func newScreen(to io.Writer) *screen {
	s := &screen{to: to}
	if f, ok := to.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		s.file = f
	}
	return s
}

// clearLine brings the cursor back and empties the line that it is on.
const clearLine = "\r\x1b[K"

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
	return s.to.Write(p)
}

func (s *screen) clear() {
	if s.drawn {
		fmt.Fprint(s.file, clearLine)
		s.drawn = false
	}
}

// draw puts a line in the place of the one drawn before.
func (s *screen) draw(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if line == "" {
		s.clear()
		return
	}
	fmt.Fprint(s.file, clearLine+line)
	s.drawn = true
}

func (s *screen) width() int {
	if n, _, err := term.GetSize(int(s.file.Fd())); err == nil && n > 0 {
		return n
	}
	return 80
}

// Progress is drawn a few times a second, once work takes longer than a glance, and logged now and then.
const (
	drawEvery = 200 * time.Millisecond
	drawAfter = time.Second
	logEvery  = 10 * time.Second
)

// meter tells how far work is: on a terminal as a line that is drawn anew, in the log as a line every ten seconds, in
// pipes not at all.
type meter struct {
	a           *app
	mu          sync.Mutex
	what, more  lang.Text // more: what there is to say beside it
	done, total int64
	begun       time.Time // of what is done now
	logged      time.Time
	stop, ended chan struct{} // of the drawing; nil where none is
}

// meter begins to tell how far work is, until its end is called.
func (a *app) meter() *meter {
	m := &meter{a: a, begun: a.now(), logged: a.now()}
	if a.screen != nil && a.screen.file != nil && !a.quiet {
		m.stop, m.ended = make(chan struct{}), make(chan struct{})
		go m.drawing()
	}
	a.meters = append(a.meters, m)
	return m
}

func (m *meter) drawing() {
	defer close(m.ended)
	tick := time.NewTicker(drawEvery)
	defer tick.Stop()
	for {
		select {
		case <-m.stop:
			m.a.screen.draw("")
			return
		case <-tick.C:
			if line := m.line(m.a.screen.width()); line != "" {
				m.a.screen.draw(line)
			}
		}
	}
}

// line is what is drawn now; empty while there is nothing to tell.
func (m *meter) line(width int) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	took := m.a.now().Sub(m.begun)
	if m.what == (lang.Text{}) || took < drawAfter {
		return ""
	}
	return progressLine(m.what, m.done, m.total, took, width, m.more)
}

// aside says something beside what is reported, until the next report.
func (m *meter) aside(more lang.Text) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.more = more
}

// report tells how much of what is done; a total of 0 is not known.
func (m *meter) report(done, total int64, what lang.Text) {
	now := m.a.now()
	m.mu.Lock()
	if what != m.what {
		m.begun = now
	}
	m.what, m.more, m.done, m.total = what, lang.Text{}, done, total
	due := now.Sub(m.logged) >= logEvery
	if due {
		m.logged = now
	}
	m.mu.Unlock()
	if due {
		m.a.log().Info("at work", "what", what.English, "done", done, "total", total)
	}
}

// end takes the line away. It may be called again.
func (m *meter) end() {
	if m.a.meters = slices.DeleteFunc(m.a.meters, func(x *meter) bool { return x == m }); m.stop != nil {
		close(m.stop)
		<-m.ended
		m.stop = nil
	}
}

// progressLine is one line of progress: what is done, how much of how much, how fast, and how long it still takes. It is
// cut where the terminal is narrower.
func progressLine(what lang.Text, done, total int64, took time.Duration, width int, more ...lang.Text) string {
	rate := float64(done) / took.Seconds()
	parts := []string{what.String()}
	switch {
	case total > 0:
		const cells = 20
		full := int(min(done, total) * cells / total)
		parts = append(parts, strings.Repeat("█", full)+strings.Repeat("░", cells-full), lang.Phrase("%d of %d", "%d/%d", done, total))
	case done > 0:
		parts = append(parts, fmt.Sprint(done))
	default:
		parts = append(parts, lang.Phrase("for %s", "已用%s", spanOf(took)))
	}
	if rate >= 1 {
		parts = append(parts, lang.Phrase("%.0f/s", "每秒%.0f", rate))
	}
	if done > 0 && total > done {
		left := time.Duration(float64(total-done) / rate * float64(time.Second))
		parts = append(parts, lang.Phrase("%s left", "还需%s", spanOf(left)))
	}
	for _, m := range more {
		if m != (lang.Text{}) {
			parts = append(parts, m.String())
		}
	}
	line := strings.Join(parts, "  ")
	if textWidth(line) >= width {
		return clip(line, width-1)
	}
	return line
}

// spanOf is a span of time as people say it.
func spanOf(d time.Duration) lang.Text {
	switch s := int(d.Round(time.Second).Seconds()); {
	case s < 60:
		return lang.Say("%d s", "%d秒", max(s, 1))
	case s < 3600:
		return lang.Say("%d min %d s", "%d分%d秒", s/60, s%60)
	default:
		return lang.Say("%d h %d min", "%d小时%d分", s/3600, s%3600/60)
	}
}
