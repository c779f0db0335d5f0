package fit

import "testing"

func TestClip(t *testing.T) {
	for in, want := range map[string]string{"": "", "一二三": "一二三", "一二三四": "一二…", "abcd": "ab…"} {
		if got := Clip(in, 3); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

// TestLines: a heading of wide characters needs the height that Excel gives it.
func TestLines(t *testing.T) {
	for text, want := range map[string]int{"": 1, "abcd": 1, "abcde": 2, "一二": 1, "一二三": 2, "一\n二": 2, "“”": 1} {
		if got := Lines(text, 4); got != want {
			t.Errorf("%q takes %d lines, want %d", text, got, want)
		}
	}
}

// TestSheetName: Excel opens no workbook one of whose sheets has a name that it doesn't take.
func TestSheetName(t *testing.T) {
	for in, want := range map[string]string{
		"问题台账": "问题台账", "": "Sheet2", "[]": "Sheet2", "'引号'": "引号", "a/b:c": "abc", "第1表\n": "第1表",
		"一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三": "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一",
	} {
		if got := SheetName(in, 2); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
