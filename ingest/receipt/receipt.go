// Package receipt makes what goes back to a submitter: the receipt (回执) of a
// file, as a workbook and as a one-screen text, and the templates that returns
// are filled in with.
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
package receipt

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"taizhang/ingest/finding"
	"taizhang/ingest/sheet"
	"taizhang/internal/durable"
)

// Source is the file that a receipt answers.
type Source struct {
	Content []byte       // as sent; nil leaves it out, as for a damaged or an unsafe file
	Format  string       // as the reader names it: xlsx, xls, csv, …
	Grids   []sheet.Grid // what was read of it, for all that can't be marked as it is; may be nil
}

// Write makes the receipt of a file: its name, and the workbook. Whatever the
// source holds, there is a receipt: at worst it has the 回执 sheet alone.
func Write(report *finding.Report, source Source, zoneName string) (name string, content []byte, err error) {
	marks := marksOf(report)
	var remarks []string
	draw := func(style *paperStyle, notes []string) ([]byte, string) {
		return drawPaper(style, report, zoneName, append(remarks, notes...))
	}
	name = Name(report)
	if isZip(source.Content) {
		if content, err = guarded(func() ([]byte, error) { return patch(source.Content, marks, draw) }); err == nil {
			return name, content, nil
		}
	}
	content, err = guarded(func() ([]byte, error) {
		grids, names := named(source.Grids)
		if len(grids) > 0 {
			remarks = []string{"原文件无法直接标注，后面各表是按系统读到的内容重新生成的，可在其中修改后报送。"}
		}
		base, err := gridBook(grids)
		if err != nil {
			return nil, err
		}
		renamed := map[string][]mark{}
		for was, is := range names {
			renamed[is] = marks[was]
		}
		return patch(base, renamed, func(style *paperStyle, notes []string) ([]byte, string) {
			style.renamed = names
			return draw(style, notes)
		})
	})
	if err != nil {
		remarks = nil
		if content, err = gridBook(nil); err == nil {
			content, err = patch(content, nil, draw)
		}
	}
	if err != nil {
		return name, nil, fmt.Errorf("receipt for %s: %w", report.File, err)
	}
	return name, content, nil
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

// nameLabel is an outcome in a file name.
var nameLabel = map[finding.Outcome]string{
	finding.Accepted: "已接收", finding.Warned: "已接收请核实", finding.Partial: "部分计入",
	finding.Rejected: "退回", finding.Duplicate: "重复报送",
}

// earlier matches the name of a receipt, which a corrected one still has.
var earlier = regexp.MustCompile(`^回执_(.*)_(?:已接收|已接收请核实|部分计入|退回|重复报送)(?:_\d{6,}(?:-\d+)?)?(?:[_ ]?\(\d+\))?$`)

// Name gives the file name of a receipt:
// 回执_<original base name>_<outcome>_<number>.xlsx, fit for any file system.
func Name(report *finding.Report) string {
	base := strings.TrimSuffix(report.File, filepath.Ext(report.File))
	for {
		m := earlier.FindStringSubmatch(base)
		if m == nil {
			break
		}
		base = m[1]
	}
	name := "回执_" + safe(base) + "_" + nameLabel[worst(report)]
	if no := number(report); no != "" {
		name += "_" + safe(no)
	}
	return name + ".xlsx"
}

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

// Save adds a receipt to a batch: it is put into a folder under its name, or,
// where another file has that name, under the next one free. The same content
// under the same name is the same receipt. It appears whole or not at all, and
// not before the batch is committed.
func Save(batch *durable.Batch, dir, name string, content []byte) error {
	if err := durable.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	path, ext := filepath.Join(dir, name), filepath.Ext(name)
	batch.AddAs(path, 0o644, content, func(staged *durable.Staged) error {
		for n := 1; ; n++ {
			free := path
			if n > 1 {
				free = fmt.Sprintf("%s(%d)%s", strings.TrimSuffix(path, ext), n, ext)
			}
			if err := staged.PlaceNew(free); !errors.Is(err, fs.ErrExist) {
				return err
			}
			if sameContent(staged.Name(), free) {
				return nil
			}
		}
	})
	return nil
}

// sameContent says whether two files hold the same.
func sameContent(a, b string) bool {
	x, xerr := os.ReadFile(a)
	y, yerr := os.ReadFile(b)
	return xerr == nil && yerr == nil && bytes.Equal(x, y)
}
