package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"taizhang/internal/mail/mailtest"
)

// withMail has the zone send through the server.
func withMail(t *testing.T, zone string, s *mailtest.Server, to string) {
	t.Helper()
	for name, text := range map[string]string{"ca.pem": string(s.PEM), "mail.password": mailtest.Password + "\n"} {
		if err := os.WriteFile(filepath.Join(zone, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(zone, "taizhang.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, _, _ := strings.Cut(string(text), "\nmail:")
	text = fmt.Appendf([]byte(before), "\nmail:\n  host: 127.0.0.1\n  port: %d\n  user: gxq\n  password_file: mail.password\n  ca_file: ca.pem\n  from: 管委会办公室 <gxq@example.gov.cn>\n  to: %s\n", s.Port, to)
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// opened is a letter as a mail program shows it: subject, text, attachment.
func opened(t *testing.T, letter []byte) (subject, text, name string, content []byte) {
	t.Helper()
	m, err := netmail.ReadMessage(bytes.NewReader(letter))
	if err != nil {
		t.Fatal(err)
	}
	if subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	r := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := r.NextPart()
		if err == io.EOF {
			return subject, text, name, content
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, p))
		if err != nil {
			t.Fatal(err)
		}
		if p.FileName() != "" {
			name, content = p.FileName(), data
		} else {
			text = string(data)
		}
	}
}

// TestMail: the issued workbook goes to everybody once, with a short text.
func TestMail(t *testing.T) {
	t.Parallel()
	zone := copyOfDemo(t)
	s := mailtest.Start(t, false, nil)
	withMail(t, zone, s, `{leaders: ["张三 <a@example.gov.cn>", b@example.gov.cn], office: [c@example.gov.cn, B@example.gov.cn]}`)
	book := filepath.Join(zone, "summaries", "湘潭高新区周报_截至2022-08-15.xlsx")
	before, err := os.ReadFile(filepath.Join(zone, "summaries", "issued.json"))
	if err != nil {
		t.Fatal(err)
	}

	code, out, errs := program(t, "summary", "--mail", "--dry-run", "--zone", zone)
	for _, want := range []string{"To leaders: 张三 <a@example.gov.cn>, b@example.gov.cn\n", "To office: c@example.gov.cn\n", "湘潭高新区工作周报（截至2022年8月15日）", "湘潭高新区周报_截至2022-08-15.xlsx", "办结率为82.9%", "应报14份"} {
		if code != exitDone || !strings.Contains(out, want) {
			t.Errorf("dry run: exit code %d, no %q in\n%s%s", code, want, out, errs)
		}
	}
	if after, _ := os.ReadFile(filepath.Join(zone, "summaries", "issued.json")); !bytes.Equal(before, after) || len(s.Received()) != 0 {
		t.Error("a dry run wrote or sent something")
	}

	code, out, errs = program(t, "summary", "--mail", "--zone", zone)
	if code != exitDone || strings.TrimSpace(out) != book {
		t.Fatalf("exit code %d\n%s%s", code, out, errs)
	}
	if strings.Contains(errs, "example.gov.cn") || strings.Contains(errs, "张三") {
		t.Errorf("the log names recipients: %s", errs)
	}
	letters := s.Received()
	if len(letters) != 2 || strings.Join(letters[0].To, " ") != "a@example.gov.cn b@example.gov.cn" || strings.Join(letters[1].To, " ") != "c@example.gov.cn" {
		t.Fatalf("%d letters to %v", len(letters), letters)
	}
	want, err := os.ReadFile(book)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range letters {
		subject, text, name, content := opened(t, l.Text)
		if subject != "湘潭高新区工作周报（截至2022年8月15日）" || name != filepath.Base(book) || !bytes.Equal(content, want) {
			t.Errorf("subject %q, attached %q of %d bytes", subject, name, len(content))
		}
		if !strings.Contains(text, "共收集问题216个，办结179个，办结率为82.9%，未办结的均未超过办结时限。") || strings.Contains(text, "{") {
			t.Errorf("the text is\n%s", text)
		}
	}

	if code, _, errs = program(t, "summary", "--mail", "--zone", zone); code != exitDone || len(s.Received()) != 2 || !strings.Contains(errs, "sent before") {
		t.Errorf("again, unasked: exit code %d, %d letters\n%s", code, len(s.Received()), errs)
	}
	withMail(t, zone, s, `{leaders: [a@example.gov.cn, d@example.gov.cn]}`) // somebody new
	if code, _, errs = program(t, "summary", "--mail", "--zone", zone); code != exitDone || len(s.Received()) != 3 || strings.Join(s.Received()[2].To, " ") != "d@example.gov.cn" {
		t.Errorf("somebody new: exit code %d, %d letters\n%s", code, len(s.Received()), errs)
	}
	if code, _, errs = program(t, "summary", "--mail", "--again", "--zone", zone); code != exitDone || len(s.Received()) != 4 || len(s.Received()[3].To) != 2 {
		t.Errorf("again, asked for: exit code %d, %d letters\n%s", code, len(s.Received()), errs)
	}
}

// TestMailFails: what can't be sent stays as a file, and is sent by trying again.
func TestMailFails(t *testing.T) {
	t.Parallel()
	zone := copyOfDemo(t)
	s := mailtest.Start(t, false, func(s *mailtest.Server) { s.Refuse = "b@example.gov.cn" })
	withMail(t, zone, s, `{leaders: [a@example.gov.cn], office: [b@example.gov.cn]}`)
	args := []string{"summary", "--mail", "--as-of", "2022-08-01", "--zone", zone}
	book := filepath.Join(zone, "summaries", "湘潭高新区周报_截至2022-08-01.xlsx")
	code, out, errs := program(t, args...)
	if code != exitFailed || strings.TrimSpace(out) != book {
		t.Errorf("exit code %d, printed %q", code, out)
	}
	for _, want := range []string{"to office through 127.0.0.1", "no such user", "hint: ", "summary --mail"} {
		if !strings.Contains(errs, want) {
			t.Errorf("the error lacks %q: %s", want, errs)
		}
	}
	if strings.Contains(errs, mailtest.Password) {
		t.Errorf("the error holds the password: %s", errs)
	}
	if _, err := os.Stat(book); err != nil {
		t.Error(err)
	}
	if n := len(s.Received()); n != 1 {
		t.Fatalf("%d letters", n)
	}
	s.Refuse = ""
	if code, _, errs = program(t, args...); code != exitDone {
		t.Errorf("again: exit code %d\n%s", code, errs)
	}
	if l := s.Received(); len(l) != 2 || strings.Join(l[1].To, " ") != "b@example.gov.cn" {
		t.Errorf("again: %d letters", len(l))
	}
}

func TestMailRefusals(t *testing.T) {
	t.Parallel()
	zone := copyOfDemo(t)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"summary", "--mail"}, "taizhang.yaml has no mail:"},
		{[]string{"summary", "--dry-run"}, "go with --mail"},
		{[]string{"summary", "--again"}, "go with --mail"},
		{[]string{"summary", "--mail", "--text"}, "doesn't go with"},
		{[]string{"summary", "--mail", "-o", "x.xlsx"}, "doesn't go with"},
	} {
		if code, _, errs := program(t, append(c.args, "--zone", zone)...); code != exitUsage || !strings.Contains(errs, c.want) {
			t.Errorf("%v: exit code %d, %s", c.args, code, errs)
		}
	}
}
