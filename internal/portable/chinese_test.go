package portable

import (
	"strings"
	"testing"

	"taizhang/internal/lang"
)

// TestChinese: who reads Chinese is told in Chinese how to write it.
func TestChinese(t *testing.T) {
	before := lang.Spoken()
	t.Cleanup(func() { lang.Speak(before) })
	lang.Speak(lang.Chinese)
	for text, want := range map[string]string{
		"select a from core.t order by all":    "ORDER BY ALL 不可移植；请写成 逐个写出列名",
		"select a from core.t as t(rowid)":     "rowid 不可移植；请写成 row_number() over (order by …)",
		"select a like regexp_matches(a, 'x')": "正则表达式 不可移植；请写成 like，或在 stg、接收时处理",
	} {
		found := Check(text, Options{})
		if len(found) == 0 || !strings.HasPrefix(found[0].Message(), want) {
			t.Errorf("%s: %v", text, found)
		}
	}
}
