package written

import (
	"regexp"
	"sync"
)

// draft is how files and sheets are called that are not the last word.
var draft = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)初稿|草稿|草案|征求意见稿|副本|备份|冲突|旧(版|稿|表|件|的)|[（(【_\- ]旧|旧[)）】_\- .]|^旧|\bcopy\b|conflict|backup`)
})

// IsDraft says whether the name of a file or sheet says that it is no final version.
func IsDraft(name string) bool { return draft().MatchString(name) }
