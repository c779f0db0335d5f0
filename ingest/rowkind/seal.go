package rowkind

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/internal/spelling"
)

var (
	// sealTail is what follows the name of whoever answers for a paper: 财政局（盖章）.
	sealTail = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(\((盖章|公章|章|签章|印章|印|单位盖章|加盖公章|签字|签名)\)|盖章|公章|\(章\))[:：]?$`)
	})
	// wholeDate is a date and nothing else, also one not filled in: 2026年11月3日, 年 月 日, 二〇二六年十一月三日.
	wholeDate = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(日期:?|时间:?)?(\d{0,4}年\d{0,2}月\d{0,2}日|\d{2,4}[-./]\d{1,2}[-./]\d{1,2}|[〇○零一二三四五六七八九]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日)$`)
	})
)

const sealedRows = 3 // rows that may follow a sender's name below its table: the date, who signs

// isSealed recognises what closes a paper: its sender's name, with or without the word for a seal, and the date, in one
// row or in two. A name without that word closes it only below everything else, and not in a column of units: there it may
// be a row half filled in.
func (s *Seen) isSealed() bool {
	if s.filled == 0 || s.filled > 3 {
		return false
	}
	named, sealed, dates := false, false, 0
	for i := range s.Row.Cells {
		c := &s.Row.Cells[i]
		if !sight.Present(c) {
			continue
		}
		if c.Kind == sheet.Date {
			dates++
			continue
		}
		if c.Kind != sheet.Text || len(c.Text) > 90 {
			return false
		}
		word := spelling.Squash(c.Text)
		bare := sealTail().ReplaceAllString(word, "")
		switch {
		case bare != word:
			named, sealed = true, true
		case wholeDate().MatchString(word):
			dates++
		case s.Units != nil && s.isUnit(bare):
			named = true
			if slices.ContainsFunc(s.At, func(p heading.Placed) bool { return p.Col == c.Col && p.Field.Type == forms.Unit }) {
				return false
			}
		default:
			return false
		}
	}
	if !named {
		return dates == 1 && s.filled == 1 && s.After == Footer
	}
	return sealed || s.closes()
}

func (s *Seen) isUnit(word string) bool {
	_, ok := s.Units.Match(strings.TrimRight(word, ":"))
	return ok
}

// closes says whether hardly anything stands below the row.
func (s *Seen) closes() bool {
	below := 0
	for i := len(s.Page.Rows) - 1; i >= 0 && s.Page.Rows[i].N > s.Row.N; i-- {
		full := 0
		for k := range s.Page.Row(i).Cells {
			if sight.Filled(&s.Page.Row(i).Cells[k]) {
				full++
			}
		}
		if full > 0 {
			below++
		}
		if full > 3 || below > sealedRows {
			return false
		}
	}
	return true
}
