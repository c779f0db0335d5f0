package mail

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net"
	netmail "net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/internal/mail/mailtest"
)

func sample() Message {
	content := make([]byte, 70_000)
	for i := range content {
		content[i] = byte(i * 7)
	}
	return Message{Subject: "湘潭高新区工作周报（截至2022年8月15日）：收集问题216个，办结179个，办结率82.9%", Text: "领导：\n本周周报见附件。\n.\n办结率82.9%。",
		Attachments: []Attachment{
			{"湘潭高新区周报_截至2022-08-15.xlsx", content},
			{strings.Repeat("很长的文件名", 20) + ".docx", []byte("docx")},
			{"plain name.pdf", nil},
			{"../../𠮷\"<|>:\r\n.txt", []byte("x")},
		}}
}

// part is one part of a letter as a mail program reads it.
type part struct {
	disposition, typeName string
	content               []byte
}

func read(t *testing.T, text []byte) (netmail.Header, []part) {
	t.Helper()
	for l := range bytes.SplitSeq(text, []byte("\r\n")) {
		if len(l) > 90 { // RFC 5322 recommends 78 and demands 998
			t.Errorf("a line of %d: %q", len(l), l)
		}
	}
	m, err := netmail.ReadMessage(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	r := multipart.NewReader(m.Body, params["boundary"])
	var parts []part
	for {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return m.Header, parts
		}
		if err != nil {
			t.Fatal(err)
		}
		var got part
		if d := p.Header.Get("Content-Disposition"); d != "" {
			kind, params, err := mime.ParseMediaType(d)
			if err != nil || kind != "attachment" {
				t.Fatalf("%q: %v", d, err)
			}
			got.disposition = params["filename"]
		}
		_, params, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		if got.typeName, err = new(mime.WordDecoder).DecodeHeader(params["name"]); err != nil {
			t.Fatal(err)
		}
		if p.Header.Get("Content-Transfer-Encoding") != "base64" {
			t.Errorf("encoding %q", p.Header.Get("Content-Transfer-Encoding"))
		}
		if got.content, err = io.ReadAll(base64.NewDecoder(base64.StdEncoding, p)); err != nil {
			t.Fatal(err)
		}
		parts = append(parts, got)
	}
}

func TestMessageArrives(t *testing.T) {
	for _, way := range []TLS{StartTLS, Implicit} {
		t.Run(string(way), func(t *testing.T) {
			s := mailtest.Start(t, way == Implicit, nil)
			c := config(t, s)
			c.TLS = way
			m := sample()
			if err := c.Send(t.Context(), "leaders", m); err != nil {
				t.Fatal(err)
			}
			letters := s.Received()
			if len(letters) != 1 {
				t.Fatalf("%d letters", len(letters))
			}
			l := letters[0]
			if l.From != "gxq@example.gov.cn" || !slices.Equal(l.To, []string{"a@example.gov.cn", "b@example.gov.cn"}) {
				t.Errorf("from %q to %q", l.From, l.To)
			}
			head, parts := read(t, l.Text)
			if got, err := new(mime.WordDecoder).DecodeHeader(head.Get("Subject")); err != nil || got != m.Subject {
				t.Errorf("subject %q, %v", got, err)
			}
			from, err := head.AddressList("From")
			if err != nil || from[0].Name != "湘潭高新区管委会办公室" {
				t.Errorf("from %v, %v", from, err)
			}
			if id := head.Get("Message-ID"); !strings.HasSuffix(id, "@example.gov.cn>") {
				t.Errorf("Message-ID %q", id)
			}
			if len(parts) != 1+len(m.Attachments) {
				t.Fatalf("%d parts", len(parts))
			}
			if got := strings.ReplaceAll(string(parts[0].content), "\r\n", "\n"); got != m.Text {
				t.Errorf("text %q", got)
			}
			names := []string{m.Attachments[0].Name, m.Attachments[1].Name, m.Attachments[2].Name, "_.._𠮷______.txt"}
			for i, a := range m.Attachments {
				p := parts[i+1]
				if !bytes.Equal(p.content, a.Content) {
					t.Errorf("%s: %d bytes, want %d", a.Name, len(p.content), len(a.Content))
				}
				if i < 3 && (p.disposition != names[i] || p.typeName != names[i]) {
					t.Errorf("names %q and %q, want %q", p.disposition, p.typeName, names[i])
				}
				if strings.ContainsAny(p.disposition, "/\\:\"<>|\r\n") {
					t.Errorf("name %q", p.disposition)
				}
			}
		})
	}
}

// failure sends and returns the error, which must not hold the password.
func failure(t *testing.T, c *Config, m Message) *Error {
	t.Helper()
	begin := time.Now()
	err := c.Send(t.Context(), "leaders", m)
	if d := time.Since(begin); d > 4*time.Second {
		t.Errorf("it took %s", d)
	}
	var failed *Error
	if !errors.As(err, &failed) {
		t.Fatalf("got %v", err)
	}
	for _, secret := range []string{mailtest.Password, "other-secret", base64.StdEncoding.EncodeToString([]byte("\x00gxq\x00other-secret"))} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the error holds the password: %v", err)
		}
	}
	for _, want := range []string{m.Subject, "leaders", c.Server()} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q: %v", want, err)
		}
	}
	return failed
}

func TestFailures(t *testing.T) {
	m := Message{Subject: "周报", Text: "见附件", Attachments: []Attachment{{"周报.xlsx", make([]byte, 50_000)}}}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	for _, c := range []struct {
		name      string
		server    func(*mailtest.Server)
		config    func(*testing.T, *Config)
		kind      error
		temporary bool
		text      string
	}{
		{"wrong password", nil, func(t *testing.T, c *Config) {
			t.Setenv("MAIL_PASSWORD", "other-secret")
			c.PasswordFile, c.PasswordEnv = "", "MAIL_PASSWORD"
		}, ErrAuth, false, "wrong password *** for gxq"},
		{"no STARTTLS", func(s *mailtest.Server) { s.TLSConfig = nil; s.AllowInsecureAuth = true }, nil, ErrTLS, false, "STARTTLS"},
		{"unknown certificate", nil, func(_ *testing.T, c *Config) { c.CAFile = "" }, ErrTLS, false, "certificate"},
		{"another host's certificate", nil, func(_ *testing.T, c *Config) { c.Host = "localhost" }, ErrTLS, false, "certificate"},
		{"old TLS", func(s *mailtest.Server) { s.TLSConfig.MaxVersion = 0x0302 }, nil, ErrTLS, false, "tls"},
		{"implicit TLS spoken to a plain server", nil, func(_ *testing.T, c *Config) { c.TLS = Implicit }, ErrTLS, false, "tls"},
		{"server down", nil, func(_ *testing.T, c *Config) { c.Port = closed.Addr().(*net.TCPAddr).Port }, ErrConnect, true, "refused"},
		{"too large, as announced", func(s *mailtest.Server) { s.MaxMessageBytes = 40_000 }, nil, ErrTooLarge, false, "40000"},
		{"recipient unknown", func(s *mailtest.Server) { s.Refuse = "b@example.gov.cn" }, nil, ErrRefused, false, "no such user"},
		{"no login where one is needed", nil, func(_ *testing.T, c *Config) { c.User, c.PasswordFile = "", "" }, ErrRefused, false, "502"},
		{"silent server", nil, func(t *testing.T, c *Config) { c.Port, c.Timeout = listen(t, ""), 200*time.Millisecond }, ErrTimeout, true, ""},
		{"server that stops after its greeting", nil, func(t *testing.T, c *Config) {
			c.Port, c.Timeout = listen(t, "220 hello\r\n"), 200*time.Millisecond
		}, ErrTimeout, true, ""},
		{"no mail server", nil, func(t *testing.T, c *Config) {
			c.Port, c.Timeout = listen(t, "HTTP/1.1 400 Bad Request\r\n\r\n"), time.Second
		}, ErrConnect, true, ""},
		{"busy", nil, func(t *testing.T, c *Config) { c.Port = listen(t, "421 come back later\r\n") }, ErrConnect, true, "421"},
		{"password file missing", nil, func(_ *testing.T, c *Config) { c.PasswordFile = "none" }, ErrConfig, false, "password_file"},
		{"variable not set", nil, func(_ *testing.T, c *Config) { c.PasswordFile, c.PasswordEnv = "", "TAIZHANG_NOT_SET" }, ErrConfig, false, "TAIZHANG_NOT_SET"},
		{"no certificate in the file", nil, func(_ *testing.T, c *Config) { c.CAFile = "password" }, ErrConfig, false, "ca_file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := mailtest.Start(t, false, c.server)
			config := config(t, s)
			if c.config != nil {
				c.config(t, config)
			}
			failed := failure(t, config, m)
			if !errors.Is(failed, c.kind) || failed.Temporary != c.temporary || !strings.Contains(failed.Error(), c.text) {
				t.Errorf("kind %q, temporary %v: %v", failed.Kind, failed.Temporary, failed)
			}
			if n := len(s.Received()); n != 0 {
				t.Errorf("%d letters arrived", n)
			}
		})
	}
}

func TestCancelled(t *testing.T) {
	c := config(t, mailtest.Start(t, false, nil))
	c.Port = listen(t, "")
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	begin := time.Now()
	if err := c.Send(ctx, "leaders", sample()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if d := time.Since(begin); d > 2*time.Second {
		t.Errorf("it took %s", d)
	}
}

func TestNobodyToWriteTo(t *testing.T) {
	c := &Config{To: map[string][]string{}}
	if err := c.Send(t.Context(), "office", sample()); !errors.Is(err, ErrNoRecipients) {
		t.Errorf("got %v", err)
	}
}

func TestPasswordFile(t *testing.T) {
	dir := t.TempDir()
	for _, f := range []struct {
		text string
		mode os.FileMode
		want string
	}{
		{"geheim", 0o600, ""}, {"\ufeffgeheim\r\n", 0o640, ""}, {" with space ", 0o600, ""},
		{"", 0o600, "is empty"}, {"two\nlines\n", 0o600, "more than one line"}, {"geheim", 0o644, "chmod 600"},
	} {
		file := filepath.Join(dir, "p")
		os.Remove(file)
		if err := os.WriteFile(file, []byte(f.text), f.mode); err != nil {
			t.Fatal(err)
		}
		p, err := (&Config{PasswordFile: "p", Dir: dir}).password()
		if f.want == "" && (err != nil || p != strings.Trim(f.text, "\ufeff\r\n")) || f.want != "" && (err == nil || !strings.Contains(err.Error(), f.want)) {
			t.Errorf("%q: %q, %v", f.text, p, err)
		}
		if err != nil && f.text != "" && strings.Contains(err.Error(), f.text) {
			t.Errorf("the error holds the file: %v", err)
		}
	}
}
