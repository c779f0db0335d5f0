package mail

import (
	"bytes"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"taizhang/internal/mail/mailtest"
)

// config is a configuration that the server accepts.
func config(t *testing.T, s *mailtest.Server) *Config {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string][]byte{"ca.pem": s.PEM, "password": []byte(mailtest.Password + "\r\n")} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return &Config{Host: "127.0.0.1", Port: s.Port, User: "gxq", PasswordFile: "password", CAFile: "ca.pem", Dir: dir, Timeout: 5 * time.Second,
		From: "湘潭高新区管委会办公室 <gxq@example.gov.cn>",
		To:   map[string][]string{"leaders": {"张三 <a@example.gov.cn>", "b@example.gov.cn"}}}
}

// listen answers connections with fixed bytes, or not at all, until the test ends.
func listen(t *testing.T, greeting string) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { conn.Close() })
			io.Copy(conn, bytes.NewBufferString(greeting))
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}
