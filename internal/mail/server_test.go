package mail

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

const password = "密码-s3cret!"

// server is an SMTP server on the loopback interface.
type server struct {
	*smtp.Server
	cert    tls.Certificate
	pem     []byte
	mu      sync.Mutex
	letters []letter
	refuse  string // a recipient that does not exist
	port    int
}

type letter struct {
	from string
	to   []string
	text []byte
}

type session struct {
	*server
	letter
	in bool
}

func (s *server) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{server: s}, nil }

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, pass string) error {
		if user != "gxq" || pass != password {
			// As rude as a server can be: it repeats what it got.
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "wrong password " + pass + " for " + user}
		}
		s.in = true
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if !s.in {
		return smtp.ErrAuthRequired
	}
	s.letter = letter{from: from}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if to == s.refuse {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	}
	s.to = append(s.to, to)
	return nil
}

func (s *session) Data(r io.Reader) (err error) {
	if s.text, err = io.ReadAll(r); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.letters = append(s.letters, letter{s.from, slices.Clone(s.to), s.text})
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

// start starts a server; change may alter it before. implicit has it speak TLS
// from the first byte.
func start(t *testing.T, implicit bool, change func(*server)) *server {
	t.Helper()
	s := &server{}
	s.cert, s.pem = certificate(t)
	s.Server = smtp.NewServer(s)
	s.Domain, s.TLSConfig = "localhost", &tls.Config{Certificates: []tls.Certificate{s.cert}}
	s.ReadTimeout, s.WriteTimeout = 5*time.Second, 5*time.Second
	s.ErrorLog = log.New(io.Discard, "", 0)
	if change != nil {
		change(s)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.port = l.Addr().(*net.TCPAddr).Port
	if implicit {
		l = tls.NewListener(l, s.TLSConfig)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		s.Close()
		l.Close() // Close knows the listener only once Serve has begun
		if err := <-done; err != nil && !errors.Is(err, smtp.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			t.Errorf("server: %v", err)
		}
	})
	return s
}

// certificate makes a self-signed certificate for 127.0.0.1.
func certificate(t *testing.T) (tls.Certificate, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// config is a configuration that the server accepts.
func (s *server) config(t *testing.T) *Config {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string][]byte{"ca.pem": s.pem, "password": []byte(password + "\r\n")} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return &Config{Host: "127.0.0.1", Port: s.port, User: "gxq", PasswordFile: "password", CAFile: "ca.pem", Dir: dir, Timeout: 5 * time.Second,
		From: "湘潭高新区管委会办公室 <gxq@example.gov.cn>",
		To:   map[string][]string{"leaders": {"张三 <a@example.gov.cn>", "b@example.gov.cn"}}}
}

func (s *server) received() []letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.letters)
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
