// Package receipt makes what goes back to a submitter: the receipt (回执) of a
// file, as a workbook and as a one-screen text.
//
// Words: a mark is the colour and the comment on one cell of the sender's own
// workbook; the paper is the 回执 sheet, put first; a role is one of the looks
// on the paper; a note is a remark on the receipt itself.
//
// The sender's workbook is not opened and saved again: the few parts that
// change are edited in their text, all others are copied packed as they are. So
// formulas, looks and everything that no library knows stay, foreign content is
// hardly touched, and a receipt costs about a millisecond. Where the text of a
// part is not as expected, or the file is of another format, the receipt is
// drawn from what the reader saw in it.
//
// What a finding says is worded in package finding. Whatever else a receipt says
// goes into outcome.go, the first line and what the sender is to do, into
// words.go, the text, or paper.go, the 回执 sheet.
package receipt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"taizhang/ingest/finding"
	"taizhang/ingest/secret"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/internal/durable"
)

// Source is the file that a receipt answers.
type Source struct {
	Content []byte       // as sent; nil leaves it out, as for a damaged or an unsafe file
	Format  string       // as the reader names it: xlsx, xls, csv, …
	Grids   []sheet.Grid // what was read of it, as far as that is at hand: see gridsOf
	// Said are explanations (核实说明) that stand beside their doubts already, by the doubts' marks: such a receipt can be
	// handed in as it is.
	Said map[string]string

	spoken []string // the names of its sheets that the report uses
}

// Office is who answers: it stands on every receipt.
type Office struct {
	Zone    string // the zone's name
	Contact string // whom to ask, as taizhang.yaml has it; may be empty
}

// Write makes the receipt of a file: its name, and the workbook. Whatever the
// source holds, there is a receipt: at worst it has the 回执 sheet alone.
func Write(report *finding.Report, source Source, office Office) (name string, content []byte, err error) {
	marks := marksOf(report)
	var remarks []string
	draw := func(style *paperStyle, notes []string) ([]byte, string) {
		style.said = source.Said
		return drawPaper(style, report, office, append(remarks, notes...))
	}
	name = Name(report)
	source.spoken = spokenOf(report)
	if isZip(source.Content) {
		if content, err = guarded(func() ([]byte, error) { return patch(source.Content, source.spoken, marks, draw) }); err == nil {
			return name, content, nil
		}
	}
	content, err = guarded(func() ([]byte, error) {
		base, names, err := redraw(source, report.File, false)
		if err != nil {
			return nil, err
		}
		if len(names) > 0 {
			remarks = []string{"原文件格式无法直接标注，后面各表是按系统读到的内容重新生成的，可在其中修改后报送。"}
		}
		renamed := map[string][]mark{}
		for was, is := range names {
			renamed[is] = marks[was]
		}
		return patch(base, nil, renamed, func(style *paperStyle, notes []string) ([]byte, string) {
			style.renamed = names
			return draw(style, notes)
		})
	})
	if err != nil {
		remarks = nil
		if content, err = gridBook(nil, nil); err == nil {
			content, err = patch(content, nil, nil, draw)
		}
	}
	if err != nil {
		return name, nil, fmt.Errorf("receipt for %s: %w", report.File, err)
	}
	return name, content, nil
}

// pagesOf gives the sheets of a file to be drawn again: from what was read of it, or, of a large file or a workbook that
// can't be marked after all, by reading it once more while it is drawn. Holding the cells of all for it would be most of
// what a run needs of memory.
func pagesOf(source Source, file string, hold bool) ([]page, error) {
	var pages []page
	for i := range source.Grids {
		pages = append(pages, ofGrid(&source.Grids[i]))
	}
	if pages != nil || source.Content == nil || source.Format == "" {
		return pages, nil
	}
	book, err := anyfile.Open(context.Background(), file, source.Content, sheet.DefaultLimits())
	if err != nil {
		return nil, err
	}
	book.Rename(source.sheetNames)
	for i, s := range book.Sheets() {
		switch {
		case s.Hidden || s.Name == SheetName:
		case hold:
			g, err := book.Grid(i)
			if err != nil {
				return nil, err
			}
			pages = append(pages, ofGrid(g))
		default:
			pages = append(pages, ofBook(book, i))
		}
	}
	return pages, nil
}

// redraw gives a workbook of what was read of a file, and which name of a sheet became which.
func redraw(source Source, file string, hold bool) (base []byte, names map[string]string, err error) {
	pages, err := pagesOf(source, file, hold)
	if err != nil {
		return nil, nil, err
	}
	pages, names = named(pages)
	base, err = gridBook(pages, looksOf(source, names))
	if errors.Is(err, errUnsorted) && !hold {
		return redraw(source, file, true)
	}
	return base, names, err
}

// looksOf reads how the sheets of a file look, by the names that they have in the
// receipt. What can't be read is left plain: its values were read all the same.
func looksOf(source Source, names map[string]string) map[string]*sheet.Looks {
	if source.Format != sheet.XLS && source.Format != sheet.ODS {
		return nil
	}
	book, err := anyfile.Open(context.Background(), "", source.Content, sheet.DefaultLimits())
	if err != nil {
		return nil
	}
	book.Rename(source.sheetNames)
	looks := map[string]*sheet.Looks{}
	for i, s := range book.Sheets() {
		name := names[s.Name]
		if name == "" {
			continue
		}
		if l, err := book.Looks(i); err == nil && looks[name] == nil {
			looks[name] = l
		}
	}
	return looks
}

// sheetNames gives the names under which a report speaks of the sheets of its file.
func (s Source) sheetNames(names []string) []string { return secret.SaidNames(names, s.spoken) }

// spokenOf lists the sheets' names that a report uses.
func spokenOf(report *finding.Report) []string {
	var names []string
	for _, r := range report.Returns {
		names = append(names, r.Sheets...)
		for _, f := range r.Findings {
			if f.Sheet != "" && !slices.Contains(names, f.Sheet) {
				names = append(names, f.Sheet)
			}
		}
	}
	return names
}

func isZip(content []byte) bool {
	return strings.HasPrefix(string(content[:min(4, len(content))]), "PK\x03\x04")
}

// guarded keeps a panic over one file from costing more than that file.
func guarded(f func() ([]byte, error)) (content []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("receipt: panic: %v", p)
		}
	}()
	return f()
}

// fileLabel is what became of a file, in its receipt's name.
func fileLabel(report *finding.Report) string {
	name := strings.ReplaceAll(outcomeName(report), "，", "")
	switch {
	case name != "已接收" && name != "已接收全部计入":
		return name
	case slices.ContainsFunc(report.Returns, func(r *finding.Return) bool { return r.Outcome == finding.Warned }):
		return "已接收请核实"
	}
	return "已接收"
}

// earlier matches the name of a receipt, which a corrected one still has.
var earlier = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^回执_(.*)_(?:已接收|已接收请核实|已接收请改正|已接收暂不计入|部分计入|退回|重复报送|已放行(?:全部计入|部分计入|暂不计入)?|已作废)(?:_\d{6,}(?:-\d+)?)?(?:[_ ]?\(\d+\))?$`)
})

// Name gives the file name of a receipt:
// 回执_<original base name>_<outcome>_<number>.xlsx, fit for any file system.
func Name(report *finding.Report) string {
	if report.File == "" && len(report.Returns) == 1 { // about what is owed: no file came
		r := report.Returns[0]
		when := r.Cutoff.String()
		if r.Period.Valid() {
			when = r.Period.String()
		}
		return "回执_" + safe(plainTitle(r)) + "_" + fileLabel(report) + "_" + safe(when) + ".xlsx"
	}
	name := "回执_" + safe(baseName(report.File)) + "_" + fileLabel(report)
	if no := number(report); no != "" {
		name += "_" + safe(no)
	}
	return name + ".xlsx"
}

// baseName is the name of a file without its extension and what earlier receipts put around it.
func baseName(file string) string {
	base := strings.TrimSuffix(file, filepath.Ext(file))
	for {
		m := earlier().FindStringSubmatch(base)
		if m == nil {
			return base
		}
		base = m[1]
	}
}

// BaseName is the name under which a file was first handed in: a corrected receipt is still called a receipt.
func BaseName(file string) string { return baseName(file) }

// safe makes a text fit to be part of a file name on Windows and elsewhere.
func safe(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`<>:"/\|?*`, r), r == utf8.RuneError:
			return '_'
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r >= 0xE000 && r <= 0xF8FF:
			return -1
		}
		return r
	}, s)
	const most = 120 // bytes: a name may have 255, a path on Windows 260 characters
	for len(s) > most {
		_, n := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-n]
	}
	if s = strings.Trim(s, " ."); s == "" {
		return "未命名"
	}
	return s
}

// Saved is a receipt that was put into a folder.
type Saved struct {
	Dir  string
	Path string // where it lies, once its batch is committed
}

// Save adds a receipt to a batch: it is put into a folder under its name, or,
// where another file has that name, under the next one free. The same content
// under the same name is the same receipt. It appears whole or not at all, and
// not before the batch is committed.
func Save(batch *durable.Batch, dir, name string, content []byte) (*Saved, error) {
	if err := durable.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	saved := &Saved{Dir: dir}
	path := filepath.Join(dir, name)
	batch.AddAs(path, 0o644, content, func(staged *durable.Staged) error {
		for n := 1; ; n++ {
			saved.Path = numbered(path, n)
			if err := staged.PlaceNew(saved.Path); !errors.Is(err, fs.ErrExist) {
				return err
			}
			if sameContent(staged.Name(), saved.Path) {
				return nil
			}
		}
	})
	return saved, nil
}

// numbered gives the n-th name of a file: a.xlsx, a(2).xlsx, …
func numbered(path string, n int) string {
	if n == 1 {
		return path
	}
	ext := filepath.Ext(path)
	return fmt.Sprintf("%s(%d)%s", strings.TrimSuffix(path, ext), n, ext)
}

// sameContent says whether two files hold the same.
func sameContent(a, b string) bool {
	x, xerr := os.ReadFile(a)
	y, yerr := os.ReadFile(b)
	return xerr == nil && yerr == nil && bytes.Equal(x, y)
}
