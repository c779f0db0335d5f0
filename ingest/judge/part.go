package judge

import (
	"regexp"
	"strings"
	"sync"

	"taizhang/ingest/read"
)

// How a return says that it is not the whole: it brings what was forgotten, or what was corrected.

// supplement is what people call a return that brings what they had forgotten, not the whole.
var supplement = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`补报|补充|追加|增补|补录|漏报|漏填|补[)）.]|补$|[仅只](列|报|含|填)`)
})

// isSupplement says whether the file or a title calls the return so, other than by its form's name.
func isSupplement(file string, pt *read.Part) bool {
	called := func(text string) bool {
		return supplement().MatchString(strings.ReplaceAll(text, pt.Form.PlainTitle(), ""))
	}
	if called(file) {
		return true
	}
	for _, t := range pt.Tables {
		for _, title := range t.Said.Titles {
			if called(title.Text) {
				return true
			}
		}
	}
	return false
}

// rest is what is said of rows that a correction leaves out because they stay as they were.
var rest = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(其余|其他|其它|余下)(的)?(各|全部)?(行|项|条|笔|户|家|企业|数据|内容|事项|部分)?(均|都|全部)?(保持)?(不变|不作(更改|调整|变动)|无变化|照旧)`)
})

// restStays gives what a return says so above or below its rows; "" where it says nothing of it.
func restStays(pt *read.Part) string {
	for _, t := range pt.Tables {
		for _, title := range t.Said.Titles {
			if said := rest().FindString(title.Text); said != "" {
				return said
			}
		}
	}
	return ""
}
