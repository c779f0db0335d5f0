package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/internal/calendar"
	"taizhang/internal/durable"
	"taizhang/internal/warehouse"
	"taizhang/internal/workbook"
	"taizhang/internal/zone"
	"taizhang/queries/weekly"
)

// issue is a file that was written into summaries/.
type issue struct {
	File     string        `json:"file"`
	Kind     string        `json:"kind,omitempty"` // "" is the workbook itself
	AsOf     calendar.Date `json:"as_of"`
	KnownAt  time.Time     `json:"known_at"`
	IssuedAt time.Time     `json:"issued_at"`
	Content  string        `json:"content"` // hash of what it says, without the time it was made

	Mailed map[string]time.Time `json:"mailed,omitempty"` // who has got it by mail, by recipientKey

	Said *weekly.Said `json:"said,omitempty"` // of the newest workbooks: the next one's 更正说明 compares with it
}

func issuesFile(z *office.Zone) string { return filepath.Join(z.Summaries(), "issued.json") }

func issues(z *office.Zone) ([]issue, error) {
	text, err := os.ReadFile(issuesFile(z))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []issue
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("%s: %w", issuesFile(z), err)
	}
	return list, nil
}

// desk issues the papers of one report: each only where its content is new, under a name that nothing has.
type desk struct {
	a      *app
	z      *office.Zone
	point  warehouse.Point
	issued []issue
	fresh  []string // files that the list on disk doesn't know yet
	dry    bool     // nothing is written
}

// issue writes a file unless the same content was issued for the same date; base is its name within summaries/
// without suffix. It gives the file that holds the content.
func (d *desk) issue(kind, base, suffix, content string, write func(io.Writer) error) (path string, isNew bool, err error) {
	for _, i := range d.issued {
		path := filepath.Join(d.z.Summaries(), filepath.FromSlash(i.File))
		if i.AsOf == d.point.AsOf && i.Kind == kind && i.Content == content && strings.HasPrefix(i.File, base) {
			if _, err := os.Stat(path); err == nil {
				return path, false, nil
			}
		}
	}
	name := base + suffix
	for n := 2; ; n++ {
		_, err := os.Stat(filepath.Join(d.z.Summaries(), filepath.FromSlash(name)))
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return "", false, err
		}
		name = fmt.Sprintf("%s_r%d%s", base, n, suffix)
	}
	path = filepath.Join(d.z.Summaries(), filepath.FromSlash(name))
	if d.dry {
		return path, false, nil
	}
	if err := durable.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", false, err
	}
	if err := durable.Write(path, 0o644, write); err != nil {
		return "", false, err
	}
	d.issued = append(d.issued, issue{File: name, Kind: kind, AsOf: d.point.AsOf, KnownAt: d.point.KnownAt, IssuedAt: d.a.now(), Content: content})
	d.fresh = append(d.fresh, path)
	return path, true, nil
}

// mostSaid is of how many workbooks it is kept what they said.
const mostSaid = 20

// said keeps what the workbook that was just issued says.
func (d *desk) said(s *weekly.Said) {
	d.issued[len(d.issued)-1].Said = s
	n := 0
	for i := len(d.issued) - 1; i >= 0; i-- {
		if d.issued[i].Said != nil {
			if n++; n > mostSaid {
				d.issued[i].Said = nil
			}
		}
	}
}

// note writes down what was issued. What can't be noted is taken back: the next time it would be there already, as if
// somebody had put it there, and be issued once more beside it.
func (d *desk) note() error {
	if len(d.fresh) == 0 {
		return nil
	}
	err := writeIssues(d.z, d.issued)
	if err != nil {
		err = errors.Join(err, durable.Remove(d.fresh...))
		d.issued = d.issued[:len(d.issued)-len(d.fresh)]
	}
	d.fresh = nil
	return err
}

// issueSummary issues the report as demo and serve do, and gives the workbook's path.
func (a *app) issueSummary(ctx context.Context, z *office.Zone) (string, error) {
	path, _, err := a.issueAll(ctx, z, summaryOptions{})
	return path, err
}

// issueAll issues the workbook first: what goes out beside it may fail without taking the workbook back.
func (a *app) issueAll(ctx context.Context, z *office.Zone, o summaryOptions) (path string, w *weekly.Issue, err error) {
	if !o.dryRun {
		if err := z.EnsureFolders(); err != nil {
			return "", nil, err
		}
	}
	list, err := issues(z)
	if err != nil {
		return "", nil, err
	}
	r, p, wo, err := a.weekly(z)
	if err != nil {
		return "", nil, err
	}
	w, err = weekly.Whole(ctx, r, p, wo)
	if e := r.Close(); err == nil {
		err = e
	}
	if err != nil {
		return "", nil, err
	}
	d := &desk{a: a, z: z, point: p, issued: list, dry: o.dryRun}
	defer func() {
		err = errors.Join(err, d.note())
	}()
	content, err := contentHash(w.Book, p.KnownAt.In(z.Location))
	if err != nil {
		return "", nil, err
	}
	var isNew bool
	path, isNew, err = d.issue("", fmt.Sprintf("%s周报_截至%s", zone.SafeName(z.Name), p.AsOf), ".xlsx", content, w.Book.Write)
	if err != nil || d.dry {
		return path, w, err
	}
	if isNew {
		d.said(w.Said)
		if err := d.note(); err != nil {
			return "", nil, err
		}
	}
	return path, w, a.issueBeside(ctx, d, w, o)
}

// contentHash is what a workbook says, without when it was made and what it says of earlier issues.
func contentHash(b workbook.Book, knownAt time.Time) (string, error) {
	b.Props = workbook.Props{}
	var kept []workbook.Sheet
	for _, s := range b.Sheets {
		if s.Name != "更正说明" {
			kept = append(kept, s)
		}
	}
	b.Sheets = kept
	return hashOf(b, knownAt)
}

// hashOf is a hash of what something says, without the known-at time.
func hashOf(v any, knownAt time.Time) (string, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("compare summaries: %w", err)
	}
	s := string(text)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05", "2006-01-02 15:04", "2006年1月2日15:04", "2006年1月2日 15:04"} {
		s = strings.ReplaceAll(s, knownAt.Format(layout), "")
	}
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:]), nil
}
