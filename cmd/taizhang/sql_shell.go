package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"taizhang/cmd/internal/office"
	"taizhang/internal/lang"
	"taizhang/internal/result"
	"taizhang/internal/shell"
	"taizhang/queries"
	"taizhang/queries/fence"
)

// sqlPrompt is the interactive `sql`: it holds no publication open between queries, so a run can replace it (also on
// Windows), and each query sees the newest.
type sqlPrompt struct {
	a      *app
	z      *office.Zone
	file   string // the publication whose tables are known
	age    time.Time
	tables []queries.TableInfo
	saved  []queries.SavedQuery
	last   *result.Table // the last result, for .export
	fence  fence.Options
}

// sqlShell runs the prompt until the user leaves.
func (a *app) sqlShell(ctx context.Context) error {
	z, err := a.zone()
	if err != nil {
		return err
	}
	p := &sqlPrompt{a: a, z: z}
	asOf, err := p.refresh(ctx)
	if err != nil {
		return err
	}
	return shell.Shell{
		Prompt: z.Name + "> ", More: strings.Repeat(" ", max(textWidth(z.Name)-3, 0)) + "...> ",
		Greeting: fmt.Sprintf("%s, figures as of %s. A statement ends with ; — .help lists commands, Tab completes, Ctrl-D leaves.\n", z.Name, asOf),
		History:  shell.HistoryFile("taizhang"),
		Private:  p.private,
		Complete: p.candidates,
		Run:      p.run,
	}.Loop(ctx)
}

// refresh reads what tables there are, where the publication is another than before. It gives its as-of date.
func (p *sqlPrompt) refresh(ctx context.Context) (asOf string, err error) {
	path, err := p.a.published(p.z)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if path == p.file && info.ModTime().Equal(p.age) {
		return "", nil
	}
	p.age = info.ModTime()
	r, err := queries.Open(path, p.z.Metrics)
	if err != nil {
		return "", err
	}
	defer r.Close()
	if p.tables, err = r.Tables(ctx); err != nil {
		return "", err
	}
	if p.saved, err = queries.SavedQueries(savedFolder(p.z.Dir)); err != nil {
		return "", usageError{err}
	}
	p.file = r.Path()
	if p.fence, err = p.a.fence(r); err != nil {
		return "", err
	}
	if p.fence.At != nil {
		return p.fence.At.AsOf.String(), nil
	}
	return r.Published().AsOf.String(), nil
}

// personNumber is what may be an identity or mobile number: eleven digits or more, however spaced.
var personNumber = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[\d０-９](?:[ \-　]?[\d０-９]){10}`) })

// private statements are not kept in the history: those that name a person by number, or that compare a column that is
// masked for good reason with something typed.
func (p *sqlPrompt) private(statement string) bool {
	if personNumber().MatchString(statement) {
		return true
	}
	if !strings.ContainsAny(statement, `'"`) {
		return false
	}
	low := strings.ToLower(statement)
	for _, t := range p.tables {
		for _, c := range t.Columns {
			if c.Sensitive && (strings.Contains(low, strings.ToLower(c.Name)) || c.Field != "" && strings.Contains(low, strings.ToLower(c.Field))) {
				return true
			}
		}
	}
	return false
}

// run runs a statement of the prompt.
func (p *sqlPrompt) run(ctx context.Context, statement string, out io.Writer) error {
	asOf, err := p.refresh(ctx)
	if err != nil {
		return err
	}
	if asOf != "" {
		fmt.Fprint(p.a.err, lang.Say("There is a new publication, as of %s.\n", "有新的发布，截至 %s。\n", asOf))
	}
	if strings.HasPrefix(statement, ".") {
		return p.command(statement, out)
	}
	var args []string
	if name, isSaved := strings.CutPrefix(statement, "@"); isSaved {
		words := shell.Words(name)
		if len(words) == 0 {
			return p.command(".saved", out)
		}
		values, err := parameters(words[1:])
		if err != nil {
			return err
		}
		if statement, args, err = p.a.boundQuery(p.z, words[0], values); err != nil {
			return err
		}
	}
	begin := time.Now()
	t, err := fence.Run(ctx, p.file, p.z.Location.String(), statement, p.fence, args...)
	if err != nil {
		return p.fullWidth(statement, err)
	}
	took := time.Since(begin)
	p.last = &t
	shortened, err := printFitting(out, listingOf(t), shell.Width(p.a.out))
	if err != nil {
		return err
	}
	note := lang.Say("%s, %.2f s", "%s，%.2f 秒", rowsText(len(t.Rows)), took.Seconds())
	if t.Truncated {
		note = lang.Say("only the first %d rows, more were cut off, %.2f s", "只取前%d行，其余截去，%.2f 秒", len(t.Rows), took.Seconds())
	}
	if shortened {
		note = lang.Say("%s; long texts end in … here, .export writes them whole", "%s；长文字在此以 … 结尾，.export 可完整导出", note)
	}
	_, err = fmt.Fprint(out, lang.Say("(%s)\n", "（%s）\n", note))
	return err
}

// parameters reads --name value and --name=value.
func parameters(words []string) (map[string]string, error) {
	values := map[string]string{}
	for i := 0; i < len(words); i++ {
		name, isFlag := strings.CutPrefix(words[i], "--")
		if !isFlag {
			return nil, lang.Errorf("%q: a parameter reads --name value", "%q：参数写成 --名称 值", words[i])
		}
		name, value, inline := strings.Cut(name, "=")
		if !inline {
			if i++; i == len(words) {
				return nil, lang.Errorf("--%s has no value", "--%s 没有值", name)
			}
			value = words[i]
		}
		values[name] = value
	}
	return values, nil
}

var quotedTexts = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`'[^']*'|"[^"]*"`) })

// fullWidth explains what a Chinese input method does to SQL.
func (p *sqlPrompt) fullWidth(statement string, err error) error {
	var fe *fence.Error
	if !errors.As(err, &fe) || fe.Hint != (lang.Text{}) {
		return err
	}
	statement = quotedTexts().ReplaceAllString(statement, "")
	for _, t := range p.tables { // titles hold such characters too: 村（社区）
		for _, c := range t.Columns {
			statement = strings.ReplaceAll(statement, c.Name, "")
		}
	}
	if i := strings.IndexAny(statement, "，（）‘’“”＝＜＞＊　"); i >= 0 {
		mark, _ := utf8.DecodeRuneInString(statement[i:])
		return &fence.Error{Message: fe.Message, Hint: lang.Say("the statement has a full-width %c; SQL wants half-width signs outside of texts", "语句中有全角的 %c：SQL 在引号以外只认半角符号", mark)}
	}
	return err
}

// counted is how many there are of something, whose English name takes an s; the Chinese form takes the number.
func counted(n int, word, chinese string) lang.Text {
	english := "%[1]d %[2]ss"
	if n == 1 {
		english = "%[1]d %[2]s"
	}
	return lang.Text{English: fmt.Sprintf(english, n, word), Chinese: fmt.Sprintf(chinese, n)}
}

func rowsText(n int) lang.Text { return counted(n, "row", "%d行") }
