package transform

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"

	"taizhang/internal/lang"
	"taizhang/internal/spelling"
)

//go:embed models/stg/*.sql models/core/*.sql models/mart/*.sql models/check/*.sql models/core/*.txtar models/mart/*.txtar
var builtin embed.FS

// Builtin is the folder of built-in models: stg, core and mart.
func Builtin() fs.FS {
	sub, err := fs.Sub(builtin, "models")
	if err != nil {
		panic(err) // the folder is part of the binary
	}
	return sub
}

// Layers in which models live, in reading order.
var Layers = []string{"stg", "core", "mart"}

// Model is one SELECT and what its header says.
type Model struct {
	Name        string // core.fct_problem
	Layer       string // core
	File        string // core/fct_problem.sql, as messages name it
	Description string // «One row per …»
	Grain       []string
	Checks      []Check
	Incremental string // byReturn, bySubmitter; empty: built as a whole
	SQL         string // the whole text, header included
	Reads       []string
}

// How a model may be built by parts; also the column that tells the parts apart.
const (
	byReturn    = "return_id"      // the rows of a return follow from that return alone
	bySubmitter = "submitter_code" // the rows of a submitter follow from that submitter's returns alone
)

// Check is a predicate that holds for every row of a model.
type Check struct {
	Name      string
	Predicate string
	Warning   bool   // shown, but doesn't stop a publication
	Note      string // what a failing row is told as, in Chinese, columns in braces; only of checks across models
	Line      int
}

// ModelError is a fault of a model's text: file, line, and where it is known the column.
type ModelError struct {
	File    string
	Line    int
	Message string
	Column  int
}

func (e *ModelError) Error() string {
	if e.Column > 0 {
		return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Message)
}

// eachText calls do with every text of the built-in folder and then of others, by folder within them; file is what people know it by.
func eachText(folders []string, extra []fs.FS, do func(folder, name, file, text string)) error {
	for i, fsys := range append([]fs.FS{Builtin()}, extra...) {
		if fsys == nil {
			continue
		}
		where := ""
		if i > 0 {
			where = "models/"
		}
		for _, folder := range folders {
			files, err := fs.Glob(fsys, folder+"/*.sql")
			if err != nil {
				return err
			}
			for _, f := range files {
				text, err := fs.ReadFile(fsys, f)
				if err != nil {
					return err
				}
				do(folder, strings.TrimSuffix(path.Base(f), ".sql"), where+f, string(text))
			}
		}
	}
	return nil
}

// Load reads the built-in models and then the given folders (each with stg,
// core and mart below it): a model of the same name replaces an earlier one.
//
// The error is every fault, a *ModelError each.
func Load(extra ...fs.FS) ([]Model, error) {
	byName := map[string]Model{}
	var faults []error
	err := eachText(Layers, extra, func(layer, name, file, text string) {
		m, err := parse(layer, name, file, text)
		if err != nil {
			faults = append(faults, err)
		}
		byName[m.Name] = m
	})
	if err != nil {
		return nil, err
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	out := make([]Model, 0, len(byName))
	for _, m := range byName {
		out = append(out, m)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, nil
}

var (
	nameShape  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z][a-z0-9_]*$`) })
	checkShape = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^check(\(warning\))?:\s*([a-z][a-z0-9_]*)\s*:\s*(.+)$`)
	})
)

// parse reads a model's header: the comment lines before the SELECT.
func parse(layer, name, file, text string) (Model, error) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	m := Model{Name: layer + "." + name, Layer: layer, File: file, SQL: strings.TrimRight(strings.TrimSpace(text), ";")}
	fail := func(line int, english, chinese string, args ...any) (Model, error) {
		return m, &ModelError{File: file, Line: line, Message: lang.Phrase(english, chinese, args...)}
	}
	if !nameShape().MatchString(name) {
		return fail(1, "the name of a model is lowercase letters, digits and _: %q", "模型的名称只能用小写字母、数字和 _：%q", name)
	}
	lines := strings.Split(text, "\n")
	last := 0
	for i, line := range lines {
		if strings.TrimSpace(line) == "" {
			continue
		}
		rest, isComment := strings.CutPrefix(strings.TrimSpace(line), "--")
		if !isComment {
			break
		}
		last = i + 1
		rest = strings.TrimSpace(rest)
		switch {
		case strings.HasPrefix(rest, "grain:"):
			for _, c := range strings.Split(strings.TrimPrefix(rest, "grain:"), ",") {
				if c = strings.TrimSpace(c); c != "" {
					m.Grain = append(m.Grain, c)
				}
			}
		case strings.HasPrefix(rest, "incremental:"):
			m.Incremental = strings.TrimSpace(strings.TrimPrefix(rest, "incremental:"))
			if m.Incremental != byReturn && m.Incremental != bySubmitter {
				return fail(i+1, "a model is built by parts `-- incremental: return_id` (the rows of a return follow from that return alone) or `-- incremental: submitter_code` (those of a submitter from that submitter's returns)",
					"分部分构建的模型应写成 -- incremental: return_id（一份报表的各行只取决于该报表）或 -- incremental: submitter_code（一个单位的各行只取决于该单位的报表）")
			}
		case strings.HasPrefix(rest, "check"):
			got := checkShape().FindStringSubmatch(rest)
			if got == nil {
				return fail(i+1, "a check reads `-- check: name: predicate` or `-- check(warning): name: predicate`", "检查应写成 -- check: 名称: 条件 或 -- check(warning): 名称: 条件")
			}
			m.Checks = append(m.Checks, Check{Name: got[2], Predicate: got[3], Warning: got[1] != "", Line: i + 1})
		case m.Description == "":
			m.Description = rest
		default:
			if meant := misspelt(rest, "grain", "incremental", "check", "check(warning)"); meant != "" {
				return fail(i+1, "nothing reads `-- %s`; did you mean `-- %s:`?", "没有 -- %s 这一项；是不是“-- %s:”？", keyOf(rest)+":", meant)
			}
		}
	}
	if !strings.HasPrefix(m.Description, "One row per ") {
		return fail(1, "the first line of a model says what one row is: `-- One row per …`", "模型的第一行要写明一行代表什么：-- One row per …")
	}
	if len(m.Grain) == 0 {
		return fail(max(last, 1), "the grain is missing: `-- grain: zone, as_of, …` (the columns that identify a row)", "缺主键：-- grain: zone, as_of, …（确定一行的各列）")
	}
	if m.Incremental != "" && !slices.Contains(m.Grain, "return_id") {
		return fail(last, "a model that is built by parts has return_id in its grain", "分部分构建的模型，主键中要有 return_id")
	}
	return m, nil
}

// keyOf is what stands before the first colon of a comment.
func keyOf(comment string) string {
	key, _, _ := strings.Cut(comment, ":")
	return strings.TrimSpace(key)
}

// misspelt is the key of a header that a comment line was meant to have, "" where it is one for people.
func misspelt(comment string, keys ...string) string {
	key := keyOf(comment)
	if !strings.Contains(comment, ":") || strings.ContainsAny(key, " \t") || len(key) < 4 {
		return ""
	}
	return spelling.Nearest(strings.ToLower(key), keys)
}
