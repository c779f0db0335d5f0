package transform

import (
	"sort"
	"strings"

	"taizhang/internal/lang"
	"taizhang/internal/spelling"
)

// nearest suggests a known name for an unknown one.
func nearest(name string, models map[string]int, tables map[string]bool) string {
	var all []string
	for n := range models {
		all = append(all, n)
	}
	for n := range tables {
		all = append(all, n)
	}
	sort.Strings(all)
	best, dist := "", 1+len(name)/3
	for _, n := range all {
		if d := spelling.Distance(name, n); d < dist {
			best, dist = n, d
		}
	}
	if best == "" {
		return ""
	}
	return lang.Phrase("; did you mean %s?", "；是不是“%s”？", best)
}

// namesOf are the full names of models, which may be given without their layer where only one has that name.
func namesOf(given []string, models []Model) ([]string, error) {
	known := map[string]int{}
	for i, m := range models {
		known[m.Name], known[strings.TrimPrefix(m.Name, m.Layer+".")] = i, i
	}
	var out []string
	for _, name := range given {
		var meant []string
		for _, m := range models {
			if m.Name == name || strings.TrimPrefix(m.Name, m.Layer+".") == name {
				meant = append(meant, m.Name)
			}
		}
		switch len(meant) {
		case 1:
			out = append(out, meant[0])
		case 0:
			return nil, lang.Errorf("unknown model %s%s", "没有模型 %s%s", name, nearest(name, known, nil))
		default:
			return nil, lang.Errorf("%s is the name of several models: %s", "名为 %s 的模型不止一个：%s", name, strings.Join(meant, ", "))
		}
	}
	return out, nil
}
