package papers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/internal/durable"
	"taizhang/internal/warehouse"
	"taizhang/internal/workbook"
	"taizhang/internal/zone"
	"taizhang/queries"
	"taizhang/queries/weekly"
)

// Desk issues the papers of one zone.
type Desk struct {
	Zone *office.Zone
	// Open opens the publication and says for which point; what the point leaves open is the publication's own.
	Open    func(z *office.Zone) (*queries.Reader, warehouse.Point, error)
	Version string // of the program, for the papers' properties
	Clock   func() time.Time
	Notice  string // what readers must know of how up to date the figures are
}

// Options say how an issue goes.
type Options struct {
	PDF bool // 一页通 as a PDF too
	Dry bool // write nothing; say which file would hold the workbook
}

// Issued is what was issued.
type Issued struct {
	Path   string        // the workbook; it lies there unless the issue was dry
	New    bool          // it was not issued before
	Beside []Fresh       // what went out beside it and is new
	Weekly *weekly.Issue // what it says
}

// Fresh is a paper that was issued now.
type Fresh struct{ Kind, Path string }

// Issue issues the weekly workbook and what goes out beside it, each only where its content is new for its as-of date.
// What goes out beside may fail without taking the workbook back: then there is both, what was issued and an error.
func (d *Desk) Issue(ctx context.Context, o Options) (out *Issued, err error) {
	if !o.Dry {
		if err := d.Zone.EnsureFolders(); err != nil {
			return nil, err
		}
		held, err := lock(ctx, d.Zone)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, held.Release()) }()
		if err := tidy(d.Zone); err != nil {
			return nil, err
		}
	}
	list, err := List(d.Zone)
	if err != nil {
		return nil, err
	}
	w, p, err := d.whole(ctx, list)
	if err != nil {
		return nil, err
	}
	content, err := contentHash(w.Book, p.KnownAt.In(d.Zone.Location))
	if err != nil {
		return nil, err
	}
	b := &batch{z: d.Zone, point: p, at: d.Clock(), list: list, old: len(list), dry: o.Dry}
	defer b.discard()
	out = &Issued{Weekly: w}
	out.Path, out.New, err = b.paper(Workbook, fmt.Sprintf("%s周报_截至%s", zone.SafeName(d.Zone.Name), p.AsOf), ".xlsx", content, w.Book.Write)
	if err != nil {
		return nil, err
	}
	if o.Dry {
		return out, nil
	}
	if out.New {
		b.said(w.Said)
	}
	fresh, faults := d.beside(ctx, b, w, o)
	err = errors.Join(faults, b.issue())
	if _, e := os.Stat(out.Path); e != nil {
		return nil, errors.Join(err, e)
	}
	for _, f := range fresh {
		if _, e := os.Stat(f.Path); e == nil {
			out.Beside = append(out.Beside, f)
		}
	}
	return out, err
}

// whole composes the issue.
func (d *Desk) whole(ctx context.Context, list []Paper) (w *weekly.Issue, p warehouse.Point, err error) {
	r, p, o, err := d.open(list)
	if err != nil {
		return nil, p, err
	}
	w, err = weekly.Whole(ctx, r, p, o)
	if e := r.Close(); err == nil {
		err = e
	}
	return w, p, err
}

// Text gives the paragraphs of 文字材料.
func (d *Desk) Text(ctx context.Context) (string, error) {
	list, err := List(d.Zone)
	if err != nil {
		return "", err
	}
	r, p, o, err := d.open(list)
	if err != nil {
		return "", err
	}
	defer r.Close()
	return weekly.Text(ctx, r, p, o)
}

// Write writes the workbook alone, without issuing it.
func (d *Desk) Write(ctx context.Context, path string) error {
	list, err := List(d.Zone)
	if err != nil {
		return err
	}
	r, p, o, err := d.open(list)
	if err != nil {
		return err
	}
	b, err := weekly.Build(ctx, r, p, o)
	if e := r.Close(); err == nil { // what DuckDB holds is free for the writing
		err = e
	}
	if err != nil {
		return err
	}
	return durable.Write(path, 0o644, b.Write)
}

// open opens what an issue is made from.
func (d *Desk) open(list []Paper) (r *queries.Reader, p warehouse.Point, o weekly.Options, err error) {
	if o, err = d.options(list); err != nil {
		return nil, p, o, err
	}
	if r, p, err = d.Open(d.Zone); err != nil {
		return nil, p, o, err
	}
	own := r.Published()
	if !p.AsOf.Valid() {
		p.AsOf = own.AsOf
	}
	if p.KnownAt.IsZero() {
		p.KnownAt = own.KnownAt
	}
	o.Notice = sentences(o.Notice, stale(r, p))
	return r, p, o, nil
}

// sentences puts two texts one after the other.
func sentences(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return strings.TrimRight(a, "。") + "。" + b
}

// stale says why the figures of a point are not the newest there could be, "" where they are.
func stale(r *queries.Reader, p warehouse.Point) (s string) {
	own := r.Published()
	if p.KnownAt.Before(own.KnownAt) { // that was asked for
		return ""
	}
	since := own.KnownAt.In(r.Location()).Format("2006-01-02 15:04")
	if r.Earlier() {
		s = fmt.Sprintf("最新发布的数据文件无法读取，本期按较早的一份编制，%s以后收到的报表未计入。", since)
	}
	if n := r.HeldBack(); n > 0 {
		s += fmt.Sprintf("此后的运行有%d项检查未通过，新的数字没有发布，本期仍是此前的数字，%s以后收到的报表未计入。", n, since)
	}
	return s
}

// BadDeclaration is a fault in the zone's own declaration of the weekly.
type BadDeclaration struct{ Err error }

func (e *BadDeclaration) Error() string { return e.Err.Error() }
func (e *BadDeclaration) Unwrap() error { return e.Err }

// WeeklyOptions are what the zone's weekly is made with beside a publication: its declaration, and what was issued before.
func WeeklyOptions(z *office.Zone, version string) (weekly.Options, error) {
	list, err := List(z)
	if err != nil {
		return weekly.Options{}, err
	}
	return (&Desk{Zone: z, Version: version}).options(list)
}

func (d *Desk) options(list []Paper) (weekly.Options, error) {
	o := weekly.Options{Version: d.Version, Ranking: d.Zone.Ranking, Notice: d.Notice}
	for _, p := range list {
		if p.Kind == Workbook {
			o.Issued = append(o.Issued, weekly.Previous{AsOf: p.AsOf, KnownAt: p.KnownAt, Said: p.Said})
		}
	}
	if d.Zone.Joined {
		o.Zone = d.Zone.Name
		late, err := d.Zone.LateZones()
		if err != nil {
			return o, err
		}
		o.Notice = sentences(o.Notice, late)
	}
	var err error
	if o.Declaration, err = d.Zone.Weekly(); err != nil {
		return o, &BadDeclaration{err}
	}
	return o, nil
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
