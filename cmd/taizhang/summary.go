package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"taizhang/internal/calendar"
	"taizhang/internal/pipeline"
	"taizhang/internal/workbook"
	"taizhang/internal/zone"
	"taizhang/queries"
)

func (a *app) summaryCmd() *cobra.Command {
	var output string
	var text bool
	c := &cobra.Command{
		Use:   "summary",
		Short: "Write the weekly workbook, or print its text",
		Long: "Writes the weekly workbook into summaries/, under a new name where its content differs from the one\n" +
			"issued for the same date. -o writes it elsewhere; --text prints the paragraphs for a report.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			z, err := a.zone()
			if err != nil {
				return err
			}
			if text {
				r, err := a.readerOf(z)
				if err != nil {
					return err
				}
				defer r.Close()
				p, err := a.point(z.Location)
				if err != nil {
					return err
				}
				o, err := weeklyOptions(z)
				if err != nil {
					return err
				}
				t, err := queries.WeeklyText(cmd.Context(), r, p, o)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(a.out, t)
				return err
			}
			var path string
			if output != "" {
				path, err = output, a.writeSummary(cmd.Context(), z, output)
			} else {
				path, err = a.issueSummary(cmd.Context(), z)
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(a.out, path)
			return err
		},
	}
	c.Flags().StringVarP(&output, "output", "o", "", "file to write")
	c.Flags().BoolVar(&text, "text", false, "print the paragraphs only")
	return c
}

// issue is a summary that was written into summaries/.
type issue struct {
	File     string        `json:"file"`
	AsOf     calendar.Date `json:"as_of"`
	KnownAt  time.Time     `json:"known_at"`
	IssuedAt time.Time     `json:"issued_at"`
	Content  string        `json:"content"` // hash of what it says, without the time it was made
}

func issuesFile(z *pipeline.Zone) string { return filepath.Join(z.Summaries(), "issued.json") }

func issues(z *pipeline.Zone) ([]issue, error) {
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

func lastIssue(z *pipeline.Zone) (*issue, error) {
	list, err := issues(z)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[len(list)-1], nil
}

func weeklyOptions(z *pipeline.Zone) (queries.WeeklyOptions, error) {
	o := queries.WeeklyOptions{Version: version}
	last, err := lastIssue(z)
	if err != nil {
		return o, err
	}
	if last != nil {
		o.Previous = &queries.WeeklyPrevious{AsOf: last.AsOf, KnownAt: last.KnownAt}
	}
	file := filepath.Join(z.Dir, "queries", "weekly.yaml")
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return o, nil
	}
	if err != nil {
		return o, err
	}
	if o.Declaration, err = queries.LoadWeekly(file, text, z.Metrics); err != nil {
		return o, usageError{err}
	}
	return o, nil
}

func (a *app) buildSummary(ctx context.Context, z *pipeline.Zone) (b workbook.Book, p queries.Point, err error) {
	r, err := a.readerOf(z)
	if err != nil {
		return b, p, err
	}
	defer r.Close()
	if p, err = a.point(z.Location); err != nil {
		return b, p, err
	}
	o, err := weeklyOptions(z)
	if err != nil {
		return b, p, err
	}
	b, err = queries.Weekly(ctx, r, p, o)
	own := r.Published()
	if !p.AsOf.Valid() {
		p.AsOf = own.AsOf
	}
	if p.KnownAt.IsZero() {
		p.KnownAt = own.KnownAt
	}
	return b, p, err
}

func (a *app) writeSummary(ctx context.Context, z *pipeline.Zone, path string) error {
	b, _, err := a.buildSummary(ctx, z)
	if err != nil {
		return err
	}
	return pipeline.WriteFile(path, 0o644, b.Write)
}

// issueSummary writes the summary into summaries/. The same content is not issued twice; other content for the same
// date gets a number, so that nothing that was handed out is ever overwritten.
func (a *app) issueSummary(ctx context.Context, z *pipeline.Zone) (string, error) {
	if err := z.EnsureFolders(); err != nil {
		return "", err
	}
	list, err := issues(z)
	if err != nil {
		return "", err
	}
	b, p, err := a.buildSummary(ctx, z)
	if err != nil {
		return "", err
	}
	content, err := contentHash(b, p.KnownAt.In(z.Location))
	if err != nil {
		return "", err
	}
	for _, i := range list {
		path := filepath.Join(z.Summaries(), i.File)
		if i.AsOf == p.AsOf && i.Content == content {
			if _, err := os.Stat(path); err == nil {
				return path, nil
			}
		}
	}
	base := fmt.Sprintf("%s周报_截至%s", zone.SafeName(z.Name), p.AsOf)
	name := base + ".xlsx"
	for n := 2; ; n++ {
		if _, err := os.Stat(filepath.Join(z.Summaries(), name)); errors.Is(err, fs.ErrNotExist) {
			break
		}
		name = fmt.Sprintf("%s_r%d.xlsx", base, n)
	}
	path := filepath.Join(z.Summaries(), name)
	if err := pipeline.WriteFile(path, 0o644, b.Write); err != nil {
		return "", err
	}
	list = append(list, issue{File: name, AsOf: p.AsOf, KnownAt: p.KnownAt, IssuedAt: a.now(), Content: content})
	text, err := json.MarshalIndent(list, "", " ")
	if err != nil {
		return "", err
	}
	return path, pipeline.WriteBytes(issuesFile(z), 0o644, append(text, '\n'))
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
	text, err := json.Marshal(b)
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
