package papers

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/internal/lang"
	"taizhang/internal/mail"
	"taizhang/queries/weekly"
)

// posting is one issued workbook on its way to those who get it by mail.
type posting struct {
	z     *office.Zone
	now   func() time.Time
	file  string // within summaries/
	round string // when it was issued
	mail  weekly.Mail
	sent  map[string]time.Time // by recipientKey: who has got it
}

// letter is what a role still gets.
type letter struct {
	role string
	to   []string
	got  int // recipients who have it already
}

// Sent says what became of the letters to a role.
type Sent struct {
	Role   string
	Now    int // recipients who got it now
	Before int // recipients who had it already
}

// Send mails the issued workbook to those of mail.to who don't have it, or with again to all of them. Who the server
// accepted is noted at once; one refused address keeps it from nobody else.
func (d *Desk) Send(ctx context.Context, i *Issued, again bool) (sent []Sent, err error) {
	p, err := d.posting(i)
	if err != nil {
		return nil, err
	}
	if again { // another letter on purpose
		p.round += " " + d.Clock().UTC().Format(time.RFC3339Nano)
	}
	content, err := os.ReadFile(i.Path)
	if err != nil {
		return nil, lang.Errorf("mail: %w", "邮件：%w", err)
	}
	m := mail.Message{Subject: p.mail.Subject, Text: p.mail.Text + "\n", Attachments: []mail.Attachment{{Name: filepath.Base(i.Path), Content: content}}}
	var faults []error
	for _, l := range p.letters(again) {
		n, err := p.deliver(ctx, l, m)
		if err != nil {
			faults = append(faults, err)
		}
		sent = append(sent, Sent{Role: l.role, Now: n, Before: l.got})
	}
	return sent, errors.Join(faults...)
}

// deliver sends a role's letter to all at once, and where the server doesn't take it so, to each alone.
func (p *posting) deliver(ctx context.Context, l letter, m mail.Message) (n int, err error) {
	if len(l.to) == 0 {
		return 0, nil
	}
	if err = p.hand(ctx, l.role, l.to, m); err == nil {
		return len(l.to), p.remember(ctx, l.role, l.to)
	}
	if len(l.to) == 1 || !errors.Is(err, mail.ErrRefused) {
		return 0, err
	}
	var faults []error
	for _, to := range l.to {
		err := p.hand(ctx, l.role, []string{to}, m)
		if err == nil {
			n++
			err = p.remember(ctx, l.role, []string{to})
		}
		if err != nil {
			faults = append(faults, err)
		}
	}
	return n, errors.Join(faults...)
}

// hand hands a letter to the server. Its Message-ID follows from what goes to whom, so that a letter that is sent once
// more, because a kill kept it from being noted, is the same letter to whoever sorts out doubles.
func (p *posting) hand(ctx context.Context, role string, to []string, m mail.Message) error {
	sum := sha256.Sum256([]byte(p.file + "\x00" + p.round + "\x00" + strings.Join(to, "\x00")))
	m.ID = hex.EncodeToString(sum[:16])
	c := *p.z.Mail
	c.To = map[string][]string{role: to}
	return c.Send(ctx, role, m)
}

// Preview says what would go to whom.
func (d *Desk) Preview(i *Issued, again bool) (string, error) {
	p, err := d.posting(i)
	if err != nil {
		return "", err
	}
	var book bytes.Buffer
	if err := i.Weekly.Book.Write(&book); err != nil {
		return "", err
	}
	var b strings.Builder
	for _, l := range p.letters(again) {
		fmt.Fprint(&b, lang.Say("To %s: %s", "发给%s：%s", l.role, strings.Join(l.to, ", ")))
		switch {
		case len(l.to) == 0:
			fmt.Fprint(&b, lang.Say("nobody; sent before (%d)", "无；此前已发（%d人）", l.got))
		case l.got > 0:
			fmt.Fprint(&b, lang.Say(" (not to %d who have it)", "（已收到的%d人不再发）", l.got))
		}
		b.WriteByte('\n')
	}
	state := lang.Say("issued", "已印发")
	if _, err := os.Stat(i.Path); err != nil {
		state = lang.Say("to be issued", "待印发")
	}
	fmt.Fprint(&b, lang.Say("Through: %s\nSubject: %s\nAttached: %s (%d KiB, %s)\n\n%s\n", "服务器：%s\n主题：%s\n附件：%s（%d KiB，%s）\n\n%s\n", d.Zone.Mail.Server(), p.mail.Subject, filepath.Base(i.Path), (book.Len()+1023)/1024, state, p.mail.Text))
	return b.String(), nil
}

func (d *Desk) posting(i *Issued) (*posting, error) {
	file, err := filepath.Rel(d.Zone.Summaries(), i.Path)
	if err != nil {
		return nil, err
	}
	p := &posting{z: d.Zone, now: d.Clock, file: filepath.ToSlash(file), mail: i.Weekly.Mail, sent: map[string]time.Time{}}
	list, err := List(d.Zone)
	if err != nil {
		return nil, err
	}
	for _, x := range list {
		if x.File == p.file {
			p.round = x.IssuedAt.UTC().Format(time.RFC3339)
			if x.Mailed != nil {
				p.sent = x.Mailed
			}
		}
	}
	return p, nil
}

// letters are what each role gets; nobody gets it twice, also not by two roles.
func (p *posting) letters(again bool) []letter {
	var out []letter
	named := map[string]bool{}
	for _, role := range mail.Roles {
		if len(p.z.Mail.To[role]) == 0 {
			continue
		}
		l := letter{role: role}
		for _, to := range p.z.Mail.To[role] {
			key := recipientKey(to)
			switch _, got := p.sent[key]; {
			case named[key]:
			case got && !again:
				l.got++
			default:
				l.to = append(l.to, to)
			}
			named[key] = true
		}
		if len(l.to)+l.got > 0 {
			out = append(out, l)
		}
	}
	return out
}

// recipientKey is a recipient without the name: who got a summary is nobody else's business.
func recipientKey(to string) string {
	address := to
	if a, err := netmail.ParseAddress(to); err == nil {
		address = a.Address
	}
	sum := sha256.Sum256([]byte(strings.ToLower(address)))
	return hex.EncodeToString(sum[:8])
}

// remember notes at once who got it, so that a later failure doesn't send it to them again.
func (p *posting) remember(ctx context.Context, role string, to []string) (err error) {
	defer func() {
		if err != nil {
			err = lang.Errorf("mail to %s was sent, but that could not be noted: %w", "给 %s 的邮件已发出，但无法记下：%w", role, err)
		}
	}()
	held, err := lock(ctx, p.z)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, held.Release()) }()
	list, err := List(p.z)
	if err != nil {
		return err
	}
	for _, t := range to {
		p.sent[recipientKey(t)] = p.now().UTC().Truncate(time.Second)
	}
	for i := range list {
		if list[i].File == p.file {
			list[i].Mailed = p.sent
		}
	}
	return writeList(p.z, list)
}
