package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"taizhang/internal/decl"
	"taizhang/internal/lang"
	"taizhang/internal/zone"
)

// speakOf makes the language that the zone of a command line asks for the one spoken, before anything is said of it:
// also where its declarations can't be read, or the command line is wrong.
func speakOf(args []string) {
	lang.SpeakAsSystem()
	dir := "."
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if value, inline := strings.CutPrefix(arg, "--zone="); inline {
			dir = value
		} else if arg == "--zone" && i+1 < len(args) {
			dir = args[i+1]
		}
	}
	f, err := os.Open(filepath.Join(dir, zone.FileName))
	if err != nil {
		return // there is no zone yet; whoever needs one says so
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 1<<20))
	if err != nil {
		return // whoever reads the declarations says so
	}
	if l, given := lang.LanguageAsked(text); given {
		lang.Speak(l)
	}
}

// inWords gives cobra's own words the language spoken.
func inWords(root *cobra.Command) {
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return usageError{flagError(c, err)} })
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		switch c.Name() {
		case "help":
			c.Short = lang.Phrase("Help about any command", "查看任一命令的用法")
			c.Long = lang.Phrase(c.Long, "查看任一命令的用法：taizhang help [命令]。")
			c.Run = nil
			c.RunE = func(_ *cobra.Command, args []string) error { return helpOn(root, args) }
		case "completion":
			completionWords(c)
		}
	}
	if lang.Spoken() == lang.Chinese {
		root.SetUsageFunc(usageInChinese)
		helpWords(root)
	}
}

// nearCommand says which command was probably meant.
func nearCommand(c *cobra.Command, name string) lang.Text {
	var known []string
	for _, s := range c.Commands() {
		if s.IsAvailableCommand() {
			known = append(known, s.Name())
		}
	}
	return decl.DidYouMean(name, known)
}

// placeholders are what a command's line of use asks for.
var placeholders = strings.NewReplacer("[flags]", "[选项]", "SUBMITTER", "单位", "PARAMETER", "参数", "WRITTEN", "写法", "PERIOD", "报送期", "METRIC", "指标", "COLUMN", "列", "RETURN", "编号",
	"QUERY", "语句", "SAVED", "名称", "SHEET", "工作表", "MODEL", "模型", "MEANT", "含义", "VALUE", "值", "FILE", "文件", "NAME", "名称", "FORM", "表样", "ZONE", "园区", "FROM", "原编号", "DIR", "文件夹", "ID", "编号", "TO", "现编号")

// useLine is how a command is written.
func useLine(c *cobra.Command) lang.Text {
	line := c.UseLine()
	return lang.Text{English: line, Chinese: placeholders.Replace(line)}
}

func helpOn(root *cobra.Command, args []string) error {
	c, rest, err := root.Find(args)
	if c == nil || err != nil || len(rest) > 0 {
		return usagef("there is no command %q\nhint: see: %s --help", "没有命令 %q\n建议：全部命令见：%s --help", strings.Join(args, " "), root.Name())
	}
	return c.Help()
}

// completionWords are those of the command that cobra adds for shells.
func completionWords(c *cobra.Command) {
	if lang.Spoken() != lang.Chinese {
		return
	}
	c.Short, c.Long = "生成命令行补全脚本", "为各种命令行外壳生成补全脚本：按 Tab 键补全命令和选项。"
	for _, s := range c.Commands() {
		s.Short = "生成 " + s.Name() + " 的补全脚本"
		s.Long = s.Short + "，装载方法见该外壳的文档。"
		if f := s.Flags().Lookup("no-descriptions"); f != nil {
			f.Usage = "补全时不显示说明"
		}
	}
}

func helpWords(c *cobra.Command) {
	c.InitDefaultHelpFlag()
	if f := c.Flags().Lookup("help"); f != nil {
		f.Usage = "查看用法"
	}
	for _, s := range c.Commands() {
		helpWords(s)
	}
}

// usageInChinese is what cobra says of a command's use, in Chinese.
func usageInChinese(c *cobra.Command) error {
	var b strings.Builder
	b.WriteString("用法：")
	if c.Runnable() {
		b.WriteString("\n  " + useLine(c).Chinese)
	}
	if c.HasAvailableSubCommands() {
		b.WriteString("\n  " + c.CommandPath() + " [命令]\n\n可用命令：")
		for _, s := range c.Commands() {
			if s.IsAvailableCommand() || s.Name() == "help" {
				fmt.Fprintf(&b, "\n  %-*s %s", s.NamePadding(), s.Name(), s.Short)
			}
		}
	}
	if c.HasAvailableLocalFlags() {
		b.WriteString("\n\n选项：\n" + flagsInChinese(c.LocalFlags()))
	}
	if c.HasAvailableInheritedFlags() {
		b.WriteString("\n\n通用选项：\n" + flagsInChinese(c.InheritedFlags()))
	}
	if c.HasAvailableSubCommands() {
		b.WriteString("\n\n某个命令的用法见：" + c.CommandPath() + " [命令] --help")
	}
	_, err := fmt.Fprintln(c.OutOrStderr(), b.String())
	return err
}

// flagValues are pflag's names of what a flag takes.
var flagValues = map[string]string{"string": "文本", "strings": "文本,…", "int": "数", "duration": "时长"}

func flagsInChinese(flags *pflag.FlagSet) string {
	var heads, texts []string
	widest := 0
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		head := "      --" + f.Name
		if f.Shorthand != "" {
			head = "  -" + f.Shorthand + ", --" + f.Name
		}
		value, text := pflag.UnquoteUsage(f)
		if value != "" {
			if chinese, ok := flagValues[value]; ok {
				value = chinese
			}
			head += " " + value
		}
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" && f.DefValue != "[]" {
			text += "（默认 " + f.DefValue + "）"
		}
		heads, texts = append(heads, head), append(texts, text)
		widest = max(widest, textWidth(head))
	})
	lines := make([]string, len(heads))
	for i, h := range heads {
		lines[i] = h + strings.Repeat(" ", widest-textWidth(h)+3) + texts[i]
	}
	return strings.Join(lines, "\n")
}

// flagError is what is wrong with the flags of a command line, in both languages.
func flagError(c *cobra.Command, err error) error {
	english := err.Error()
	both := func(chinese string, args ...any) error {
		return lang.Text{English: english, Chinese: fmt.Sprintf(chinese, args...)}
	}
	var unknown *pflag.NotExistError
	var valueless *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	var syntax *pflag.InvalidSyntaxError
	switch {
	case errors.As(err, &unknown):
		if unknown.GetSpecifiedShortnames() != "" {
			return both("没有选项 -%s\n建议：用法见：%s --help", unknown.GetSpecifiedName(), c.CommandPath())
		}
		var known []string
		c.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, "--"+f.Name) })
		meant := decl.DidYouMean("--"+unknown.GetSpecifiedName(), known)
		english += meant.English
		return both("没有选项 --%s%s\n建议：用法见：%s --help", unknown.GetSpecifiedName(), meant.Chinese, c.CommandPath())
	case errors.As(err, &valueless):
		name := "--" + valueless.GetSpecifiedName()
		if short := valueless.GetSpecifiedShortnames(); short != "" {
			name = "-" + valueless.GetSpecifiedName()
		}
		return both("选项 %s 后面要写值", name)
	case errors.As(err, &invalid):
		f := invalid.GetFlag()
		wants, ok := map[string]string{"int": "应为整数", "bool": "应为 true 或 false", "duration": "应为时长，如 30m"}[f.Value.Type()]
		if !ok {
			wants = lang.In(errors.Unwrap(invalid), lang.Chinese)
		}
		return both("选项 --%s 不能是 %q：%s", f.Name, invalid.GetValue(), wants)
	case errors.As(err, &syntax):
		return both("选项写法有误：%s", syntax.GetSpecifiedFlag())
	}
	return err
}

// argumentWords are what cobra says of too many or too few arguments.
var argumentWords = sync.OnceValue(func() []argumentWord {
	return []argumentWord{
		{regexp.MustCompile(`^accepts (\d+) arg\(s\), received (\d+)$`), "要写%s个参数，写了%s个"},
		{regexp.MustCompile(`^requires at least (\d+) arg\(s\), only received (\d+)$`), "至少要写%s个参数，只写了%s个"},
		{regexp.MustCompile(`^accepts at most (\d+) arg\(s\), received (\d+)$`), "最多写%s个参数，写了%s个"},
		{regexp.MustCompile(`^accepts between (\d+) and (\d+) arg\(s\), received (\d+)$`), "要写%s至%s个参数，写了%s个"},
		{regexp.MustCompile(`^unknown command ("(?:[^"\\]|\\.)*") for "[^"]*"$`), "这里不用写参数：%s"},
	}
})

type argumentWord struct {
	english *regexp.Regexp
	chinese string
}

// argumentError is what is wrong with the arguments of a command line, in both languages.
func argumentError(err error) error {
	for _, w := range argumentWords() {
		if m := w.english.FindStringSubmatch(err.Error()); m != nil {
			args := make([]any, len(m)-1)
			for i, text := range m[1:] {
				if plain, e := strconv.Unquote(text); e == nil && w.english.NumSubexp() == 1 {
					text = plain
				}
				args[i] = text
			}
			return lang.Text{English: err.Error(), Chinese: fmt.Sprintf(w.chinese, args...)}
		}
	}
	return err
}
