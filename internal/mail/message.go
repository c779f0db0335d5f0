package mail

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"mime"
	netmail "net/mail"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"

	"taizhang/internal/lang"
)

// Message is what is sent.
type Message struct {
	ID          string // the part of the Message-ID before the @; a random one where empty
	Subject     string
	Text        string
	Attachments []Attachment
}

// Attachment is a file under the name the recipient sees.
type Attachment struct {
	Name    string
	Content []byte
}

// types of files beyond those every system knows.
var types = map[string]string{
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".pdf":  "application/pdf",
	".html": "text/html",
}

func (m Message) build(from string, to []string) (*gomail.Msg, error) {
	// Base64 throughout: Chinese is a third shorter than in quoted-printable.
	msg := gomail.NewMsg(gomail.WithEncoding(gomail.EncodingB64), gomail.WithNoDefaultUserAgent())
	if err := msg.From(from); err != nil {
		return nil, lang.Errorf("from %q: %w", "发件人 %q：%w", from, err)
	}
	if err := msg.To(to...); err != nil {
		return nil, lang.Errorf("to %q: %w", "收件人 %q：%w", to, err)
	}
	msg.Subject(oneLine(m.Subject))
	msg.SetDate()
	sender, err := netmail.ParseAddress(from)
	if err != nil {
		return nil, lang.Errorf("from %q: %w", "发件人 %q：%w", from, err)
	}
	_, domain, _ := strings.Cut(sender.Address, "@")
	// The machine's name, which the library would take, may be Chinese.
	id := m.ID
	if id == "" {
		id = rand.Text()
	}
	msg.SetMessageIDWithValue(id + "@" + domain)
	msg.SetBodyString(gomail.TypeTextPlain, strings.ToValidUTF8(m.Text, "\uFFFD"))
	for _, a := range m.Attachments {
		name := fileName(a.Name)
		kind := types[strings.ToLower(path.Ext(name))]
		if kind == "" {
			kind = "application/octet-stream"
		}
		msg.AttachReadSeeker(name, bytes.NewReader(a.Content), func(f *gomail.File) {
			// RFC 2231 is the standard; the encoded word in the type's name is what
			// older mail programs read instead.
			f.Header.Set("Content-Type", kind+";\r\n name=\""+strings.ReplaceAll(mime.BEncoding.Encode("UTF-8", quotable(name)), " ", "\r\n ")+"\"")
			f.Header.Set("Content-Disposition", "attachment;\r\n "+parameter("filename", name))
		})
	}
	return msg, nil
}

// parameter writes a MIME parameter (RFC 2231), divided where it is long.
func parameter(key, value string) string {
	if ascii(value) && len(value) <= 60 {
		return fmt.Sprintf(`%s="%s"`, key, quotable(value))
	}
	var parts []string
	part := "UTF-8''"
	for _, r := range value {
		enc := escape(string(r))
		if len(part)+len(enc) > 60 {
			parts, part = append(parts, part), ""
		}
		part += enc
	}
	parts = append(parts, part)
	if len(parts) == 1 {
		return key + "*=" + parts[0]
	}
	for i, p := range parts {
		parts[i] = fmt.Sprintf("%s*%d*=%s", key, i, p)
	}
	return strings.Join(parts, ";\r\n ")
}

// escape percent-encodes all but letters, digits and a few marks.
func escape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c < utf8.RuneSelf && (unicode.IsLetter(rune(c)) || unicode.IsDigit(rune(c)) || strings.IndexByte("-._~", c) >= 0) {
			b.WriteByte(c)
		} else {
			b.WriteString("%" + strings.ToUpper(hex.EncodeToString([]byte{c})))
		}
	}
	return b.String()
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

func quotable(s string) string { return strings.NewReplacer(`"`, "_", `\`, "_").Replace(s) }

func oneLine(s string) string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ")
}

// fileName drops what no file name may hold.
func fileName(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r < ' ' || r == 0x7f:
			return -1
		case strings.ContainsRune(`/\:*?"<>|`, r):
			return '_'
		}
		return r
	}, strings.ToValidUTF8(s, "_"))
	if s = strings.Trim(s, " ."); s == "" {
		return "attachment"
	}
	return s
}
