package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/internal/durable"
	"taizhang/internal/mail"
	"taizhang/queries/weekly"
)

// posting is one issued workbook on its way to those who get it by mail.
type posting struct {
	a    *app
	z    *office.Zone
	file string // within summaries/
	mail weekly.Mail
	sent map[string]time.Time // by recipientKey: who has got it
}

// roleLetter is what a role still gets.
type roleLetter struct {
	role string
	to   []string
	got  int // recipients who have it already
}

// mailSummary sends the issued workbook at path to those who don't have it.
func (a *app) mailSummary(ctx context.Context, z *office.Zone, path string, w *weekly.Issue, o summaryOptions) error {
	p, err := a.posting(z, path, w)
	if err != nil {
		return err
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	m := mail.Message{Subject: p.mail.Subject, Text: p.mail.Text + "\n", Attachments: []mail.Attachment{{Name: filepath.Base(path), Content: content}}}
	var faults []error
	for _, l := range p.letters(o.again) {
		if len(l.to) == 0 {
			a.say("Mail to %s: sent before (%d), not again without --again.", l.role, l.got)
			continue
		}
		c := *z.Mail
		c.To = map[string][]string{l.role: l.to}
		if err := c.Send(ctx, l.role, m); err != nil {
			faults = append(faults, err)
			continue
		}
		a.say("Mail to %s: sent to %d.", l.role, len(l.to))
		if err := p.remember(l.to); err != nil {
			faults = append(faults, fmt.Errorf("mail to %s was sent, but that could not be noted: %w", l.role, err))
		}
	}
	if len(faults) == 0 {
		return nil
	}
	return fmt.Errorf("%w\nhint: the files stay in %s; once that is mended, the same command sends to those who have not got it: taizhang summary --mail --zone %s",
		errors.Join(faults...), z.Summaries(), a.zoneDir)
}

// previewMail prints what would go to whom.
func (a *app) previewMail(z *office.Zone, path string, w *weekly.Issue, o summaryOptions) error {
	p, err := a.posting(z, path, w)
	if err != nil {
		return err
	}
	var book bytes.Buffer
	if err := w.Book.Write(&book); err != nil {
		return err
	}
	var b strings.Builder
	for _, l := range p.letters(o.again) {
		fmt.Fprintf(&b, "To %s: %s", l.role, strings.Join(l.to, ", "))
		switch {
		case len(l.to) == 0:
			fmt.Fprintf(&b, "nobody; sent before (%d)", l.got)
		case l.got > 0:
			fmt.Fprintf(&b, " (not to %d who have it)", l.got)
		}
		b.WriteByte('\n')
	}
	state := "issued"
	if _, err := os.Stat(path); err != nil {
		state = "to be issued"
	}
	fmt.Fprintf(&b, "Through: %s\nSubject: %s\nAttached: %s (%d KiB, %s)\n\n%s\n", z.Mail.Server(), p.mail.Subject, filepath.Base(path), (book.Len()+1023)/1024, state, p.mail.Text)
	_, err = fmt.Fprint(a.out, b.String())
	return err
}

func (a *app) posting(z *office.Zone, path string, w *weekly.Issue) (*posting, error) {
	file, err := filepath.Rel(z.Summaries(), path)
	if err != nil {
		return nil, err
	}
	p := &posting{a: a, z: z, file: filepath.ToSlash(file), mail: w.Mail, sent: map[string]time.Time{}}
	list, err := issues(z)
	if err != nil {
		return nil, err
	}
	for _, i := range list {
		if i.File == p.file && i.Mailed != nil {
			p.sent = i.Mailed
		}
	}
	return p, nil
}

// letters are what each role gets; nobody gets it twice, also not by two roles.
func (p *posting) letters(again bool) []roleLetter {
	var out []roleLetter
	named := map[string]bool{}
	for _, role := range mail.Roles {
		if len(p.z.Mail.To[role]) == 0 {
			continue
		}
		l := roleLetter{role: role}
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
func (p *posting) remember(to []string) error {
	list, err := issues(p.z)
	if err != nil {
		return err
	}
	for _, t := range to {
		p.sent[recipientKey(t)] = p.a.now().UTC().Truncate(time.Second)
	}
	for i := range list {
		if list[i].File == p.file {
			list[i].Mailed = p.sent
		}
	}
	return writeIssues(p.z, list)
}

func writeIssues(z *office.Zone, list []issue) error {
	text, err := json.MarshalIndent(list, "", " ")
	if err != nil {
		return err
	}
	return durable.WriteBytes(issuesFile(z), 0o644, append(text, '\n'))
}
