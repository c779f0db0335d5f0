package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/textproto"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"taizhang/internal/lang"
)

// What may fail; errors.Is finds these in an *Error.
var (
	ErrConfig   = lang.Errorf("configuration", "配置有误")    // password, certificates, addresses
	ErrConnect  = lang.Errorf("no connection", "连接不上")    // nobody answers
	ErrTLS      = lang.Errorf("no encryption", "未能加密")    // the server offers none, or its certificate is not trusted
	ErrAuth     = lang.Errorf("login refused", "登录被拒绝")   // user or password
	ErrTooLarge = lang.Errorf("too large", "邮件太大")        // more than the server takes
	ErrRefused  = lang.Errorf("message refused", "邮件被拒收") // sender, recipient or content
	ErrTimeout  = lang.Errorf("timed out", "超时")
)

// Error is a delivery that failed. Its text never holds the password.
type Error struct {
	Server    string
	Role      string
	Subject   string
	Kind      error // one of the errors above
	Temporary bool  // trying again later may help
	text      string
}

func (e *Error) Error() string {
	return lang.Phrase("send mail %q to %s through %s: %v: %s", "发送邮件 %q 给%s（经 %s）：%v：%s", e.Subject, e.Role, e.Server, e.Kind, e.text)
}

func (e *Error) Unwrap() error { return e.Kind }

// Send hands the message for a role's recipients to the server and waits until
// it has been taken over. An unknown or empty role is ErrNoRecipients.
func (c *Config) Send(ctx context.Context, role string, m Message) error {
	to := c.To[role]
	if len(to) == 0 {
		return lang.Errorf("send mail %q to %s: %w", "发送邮件 %q 给 %s：%w", m.Subject, role, ErrNoRecipients)
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout())
	defer cancel()
	s := sending{Config: c, ctx: ctx}
	err := s.send(to, m)
	if err == nil {
		return nil
	}
	failed := &Error{Server: c.Server(), Role: role, Subject: oneLine(m.Subject), Kind: s.stage, text: s.redact(err.Error())}
	failed.Subject = s.redact(failed.Subject)
	var reply *textproto.Error
	var send *gomail.SendError
	switch {
	case errors.As(err, &send):
		failed.Temporary = send.IsTemp()
		if code := send.ErrorCode(); code == 552 || code == 523 {
			failed.Kind = ErrTooLarge
		}
	case errors.As(err, &reply):
		failed.Temporary = reply.Code/100 == 4
	}
	var wait net.Error
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		failed.Kind = context.Canceled
	case ctx.Err() != nil, errors.As(err, &wait) && wait.Timeout():
		failed.Kind, failed.Temporary = ErrTimeout, true
	}
	if failed.Kind == ErrConnect {
		failed.Temporary = true
	}
	return failed
}

// sending is one delivery under way.
type sending struct {
	*Config
	ctx    context.Context
	stage  error // what it would be if it failed now
	secret string
}

func (s *sending) send(to []string, m Message) (err error) {
	s.stage = ErrConfig
	client, err := s.client()
	if err != nil {
		return err
	}
	msg, err := m.build(s.From, to)
	if err != nil {
		return err
	}
	s.stage = ErrConnect
	conn, err := client.DialToSMTPClientWithContext(s.ctx)
	if err != nil {
		s.stage = dialStage(s.stage, err)
		return err
	}
	s.stage = ErrRefused
	defer func() {
		// Once the server has taken the message over, a failed farewell is no failure.
		if closeErr := client.CloseWithSMTPClient(conn); err != nil && closeErr != nil {
			conn.Close()
		}
	}()
	if err := s.checkSize(conn, msg); err != nil {
		return err
	}
	return client.SendWithSMTPClient(conn, msg)
}

// client is a client for one delivery; it connects later.
func (s *sending) client() (*gomail.Client, error) {
	config := &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12}
	if s.CAFile != "" {
		roots, err := s.roots()
		if err != nil {
			return nil, lang.Errorf("ca_file: %w", "ca_file：%w", err)
		}
		config.RootCAs = roots
	}
	options := []gomail.Option{gomail.WithPort(s.port()), gomail.WithTimeout(s.timeout()), gomail.WithTLSConfig(config),
		gomail.WithHELO(helo()), gomail.WithDialContextFunc(s.dial(config)), gomail.WithoutNoop()}
	if s.tls() == Implicit {
		options = append(options, gomail.WithSSL())
	} else {
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.User != "" {
		password, err := s.password()
		if err != nil {
			return nil, err
		}
		s.secret = password
		options = append(options, gomail.WithUsername(s.User), gomail.WithPassword(password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	return gomail.NewClient(s.Host, options...)
}

// dial connects, and closes the connection when the context ends: the library
// itself looks at deadlines only.
func (s *sending) dial(config *tls.Config) gomail.DialContextFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		var d net.Dialer
		conn, err := d.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		context.AfterFunc(s.ctx, func() { conn.Close() })
		if s.tls() != Implicit {
			return conn, nil
		}
		s.stage = ErrTLS
		secure := tls.Client(conn, config)
		if err := secure.HandshakeContext(ctx); err != nil {
			conn.Close()
			return nil, err
		}
		s.stage = ErrConnect
		return secure, nil
	}
}

func (s *sending) roots() (*x509.CertPool, error) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	text, err := os.ReadFile(s.path(s.CAFile))
	if err != nil {
		return nil, err
	}
	if !pool.AppendCertsFromPEM(text) {
		return nil, lang.Errorf("%s holds no certificate in PEM", "%s 中没有 PEM 格式的证书", s.path(s.CAFile))
	}
	return pool, nil
}

// checkSize compares the message as it goes over the line with what the server
// says it takes, rather than send it all to be refused.
func (s *sending) checkSize(conn *smtp.Client, msg *gomail.Msg) error {
	_, size := conn.Extension("SIZE")
	limit, err := strconv.ParseInt(strings.TrimSpace(size), 10, 64)
	if err != nil || limit == 0 {
		return nil
	}
	n, err := msg.WriteTo(io.Discard)
	if err != nil {
		return err
	}
	if n > limit {
		s.stage = ErrTooLarge
		return lang.Errorf("the message has %d bytes, the server takes %d", "邮件有%d字节，服务器最多接受%d字节", n, limit)
	}
	return nil
}

// dialStage tells what of connecting, encrypting and logging in has failed.
func dialStage(stage, err error) error {
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var verify *tls.CertificateVerificationError
	var header tls.RecordHeaderError
	var alert tls.AlertError
	var reply *textproto.Error
	text := err.Error()
	switch {
	case errors.As(err, &unknown), errors.As(err, &name), errors.As(err, &invalid), errors.As(err, &verify),
		errors.As(err, &header), errors.As(err, &alert), strings.Contains(text, "STARTTLS"), strings.Contains(text, "tls: "), errors.As(err, &reply) && strings.Contains(text, "TLS"):
		return ErrTLS
	case errors.As(err, &reply) && (reply.Code == 535 || reply.Code == 534 || reply.Code == 454),
		strings.Contains(strings.ToUpper(text), "AUTH"):
		return ErrAuth
	}
	return stage
}

var domainWord = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.-]*$`) })

// helo is the machine's name where a server can read it.
func helo() string {
	if name, err := os.Hostname(); err == nil && domainWord().MatchString(name) {
		return name
	}
	return "localhost"
}

// redact takes the password, also as it goes over the line, out of a text.
func (s *sending) redact(text string) string {
	if s.secret == "" {
		return text
	}
	enc := base64.StdEncoding.EncodeToString
	for _, form := range []string{enc([]byte("\x00" + s.User + "\x00" + s.secret)), enc([]byte(s.secret)), s.secret} {
		text = strings.ReplaceAll(text, form, "***")
	}
	return text
}
