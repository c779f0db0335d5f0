package service

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"taizhang/internal/lang"
	"taizhang/internal/mail/mailtest"
	"taizhang/internal/state"
	"taizhang/internal/tooltest"
	"taizhang/internal/zone"
)

// TestTriedAgain: a weekly that can't be issued is tried again, later and later; status and alerts say so until it is
// there, and the mail waits for it.
func TestTriedAgain(t *testing.T) {
	tooltest.Thorough(t)
	server := mailtest.Start(t, false, nil)
	b := served(t, "2022-08-15 12:30", "as_of: 2022-08-15\n"+mailConfig(server, "{leaders: [a@example.gov.cn], office: [o@example.gov.cn]}"))
	b.certificates(server)
	held := b.file("summaries/by-submitter")
	if err := os.WriteFile(held, nil, 0o644); err != nil { // where a folder is wanted
		t.Fatal(err)
	}
	late := func(now string) lang.Text {
		t.Helper()
		text, err := LateSummary(t.Context(), b.s.Zone(), b.at(now))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	for i, step := range []struct {
		when     string
		attempts int
	}{
		{"2022-08-15 12:30", 1},
		{"2022-08-15 12:30", 1},
		{"2022-08-15 12:31", 2},
		{"2022-08-15 12:35", 2},
		{"2022-08-15 12:36", 3},
		{"2022-08-15 12:50", 3},
		{"2022-08-15 12:51", 4},
		{"2022-08-13 12:52", 4}, // another occurrence, long done by none: the clock was set back
		{"2022-08-15 13:21", 5},
	} {
		b.tick(step.when)
		n, last, err := b.s.store.Attempts(t.Context(), zone.JobSummary, b.at("2022-08-15 12:00"))
		if err != nil || n != step.attempts || !strings.Contains(last.Message.English, "not a directory") {
			t.Fatalf("step %d, %s: %d attempts, the last %+v, %v", i+1, step.when, n, last, err)
		}
	}
	if text := late("2022-08-15 13:21"); !strings.Contains(text.Chinese, "应于2022-08-15 12:00生成的一期还没有生成") || !strings.Contains(text.Chinese, "路径中有一段不是文件夹") ||
		!strings.Contains(text.English, "the one due at 2022-08-15 12:00 is not there yet") || !strings.Contains(text.English, "not a directory") {
		t.Errorf("status says %q", text)
	}
	text, err := os.ReadFile(b.file(AlertFile))
	if err != nil || !strings.Contains(string(text), "任务“出周报”第5次未成功") || !strings.Contains(string(text), "再试") {
		t.Errorf("%v\n%s", err, text)
	}
	for _, l := range server.Received() {
		if strings.Join(l.To, "") != "o@example.gov.cn" {
			t.Errorf("a letter to %v before the weekly was there", l.To)
		}
	}
	before := len(server.Received())
	if before != 1 {
		t.Errorf("%d letters tell of the alert, which is to be told once", before)
	}
	if err := os.Remove(held); err != nil {
		t.Fatal(err)
	}
	b.tick("2022-08-15 14:30")
	if late("2022-08-15 14:30") != (lang.Text{}) || b.issued() != 1 {
		t.Errorf("%d workbooks, status says %q", b.issued(), late("2022-08-15 14:30"))
	}
	b.tick("2022-08-15 14:32")
	if b.there(AlertFile) {
		t.Error("the alert stays")
	}
	var to []string
	for _, l := range server.Received()[before:] {
		to = append(to, strings.Join(l.To, "+"))
	}
	slices.Sort(to)                                                                    // they go out beside one another
	if strings.Join(to, " ") != "a@example.gov.cn o@example.gov.cn o@example.gov.cn" { // the weekly to both roles, the end of the alert
		t.Errorf("letters to %v\n%s", to, b.said())
	}
	b.start()
	b.tick("2022-08-15 14:40")
	if n := len(server.Received()); n != before+3 {
		t.Errorf("after a restart %d letters more", n-before-3)
	}
}

func mailConfig(s *mailtest.Server, to string) string {
	return fmt.Sprintf("mail:\n  host: 127.0.0.1\n  port: %d\n  user: gxq\n  password_file: mail.password\n  ca_file: ca.pem\n  from: 管委会办公室 <gxq@example.gov.cn>\n  to: %s\n", s.Port, to)
}

func (b *bench) certificates(s *mailtest.Server) {
	b.t.Helper()
	for name, text := range map[string]string{"ca.pem": string(s.PEM), "mail.password": mailtest.Password + "\n"} {
		if err := os.WriteFile(b.file(name), []byte(text), 0o600); err != nil {
			b.t.Fatal(err)
		}
	}
}

// TestRefusedAddress: a refused address keeps the weekly from nobody else, who get it once, and is tried again.
func TestRefusedAddress(t *testing.T) {
	server := mailtest.Start(t, false, func(s *mailtest.Server) { s.Refuse = "b@example.gov.cn" })
	b := served(t, "2022-08-15 12:30", "as_of: 2022-08-15\n"+mailConfig(server, "{leaders: [a@example.gov.cn, b@example.gov.cn, c@example.gov.cn]}"))
	b.certificates(server)
	for _, when := range []string{"2022-08-15 12:30", "2022-08-15 12:31", "2022-08-15 12:32", "2022-08-15 12:37"} {
		b.tick(when)
	}
	var to []string
	for _, l := range server.Received() {
		to = append(to, strings.Join(l.To, "+"))
	}
	slices.Sort(to) // they go out beside one another
	if strings.Join(to, " ") != "a@example.gov.cn c@example.gov.cn" {
		t.Errorf("letters to %v", to)
	}
	server.Refuse = ""
	b.tick("2022-08-15 13:00")
	if l := server.Received(); len(l) != 3 || strings.Join(l[2].To, "") != "b@example.gov.cn" {
		t.Errorf("%d letters", len(l))
	}
	if r := b.runs(zone.JobMail); r[0].Result != state.Done {
		t.Errorf("%+v", r[0])
	}
}
