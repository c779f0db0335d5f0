package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"taizhang/internal/decl"
)

// pointed are the commands that answer for an earlier date, or as was known then; the others refuse to be asked.
var pointed = map[string]bool{"metrics": true, "metrics diff": true, "trace": true, "sql": true, "status": true, "summary": true,
	"returns list": true, "returns show": true, "forms template": true}

// printed are the commands that print in a format of -f, with those that they know; the others refuse to be asked.
var printed = map[string][]string{
	"metrics": formats, "metrics diff": formats, "trace": formats, "sql": formats, "status": formats, "erase": formats, "check": formats,
	"returns list": formats, "returns diff": formats, "returns show": {"table", "csv", "json", "md"},
	"models list": formats, "models plan": formats, "models test": formats, "models rollback": formats,
	"models graph": append([]string{"mermaid", "text", "svg"}, formats...),
	"jobs":         formats, "jobs list": formats,
	"forms list": formats, "user list": formats, "backup": formats, "restore": formats, "export": formats, "join": formats, "doctor": formats, "peek": {"table", "csv", "json"},
}

// zoneless are the commands that no zone has to do with.
var zoneless = map[string]bool{"init": true, "demo": true, "version": true, "peek": true, "join": true}

// refuseIdle refuses flags of all commands where they would do nothing.
func (a *app) refuseIdle(cmd *cobra.Command) error {
	path := pathOf(cmd)
	if strings.HasPrefix(path, "__complete") {
		return nil
	}
	if err := refuseEmpty(cmd); err != nil {
		return err
	}
	changed := cmd.Flags().Changed
	for _, name := range []string{"as-of", "known-at"} {
		if changed(name) && !pointed[path] {
			return usageError{decl.Say("%[1]s can't be asked for another date: --%[2]s would change nothing",
				"%[1]s 不能按别的日期查询：--%[2]s 不起作用", path, name)}
		}
	}
	if changed("zone") && (zoneless[path] || strings.HasPrefix(path, "completion")) {
		return usageError{decl.Say("%[1]s has to do with no zone: --zone would change nothing", "%[1]s 与园区无关：--zone 不起作用", path)}
	}
	if changed("engine") {
		if err := a.checkEngine(path); err != nil {
			return err
		}
	}
	if !changed("format") {
		return nil
	}
	switch known, prints := printed[path]; {
	case !prints:
		return usageError{decl.Say("%[1]s prints in no other format: -f would change nothing", "%[1]s 没有别的输出格式：-f 不起作用", path)}
	case !slices.Contains(known, a.format):
		return a.unknownFormat(known)
	}
	return nil
}

// refuseEmpty refuses a flag that is given nothing, as by a variable of a script that isn't set: the command would answer as if
// it hadn't been asked.
func refuseEmpty(cmd *cobra.Command) (err error) {
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if kind := f.Value.Type(); err == nil && (kind == "string" && strings.TrimSpace(f.Value.String()) == "" || kind == "stringSlice" && f.Value.String() == "[]") {
			err = usageError{decl.Say("--%[1]s is given nothing: name a value, or leave it out", "--%[1]s 没有写内容：请写上，或去掉这个选项", f.Name)}
		}
	})
	return err
}

func (a *app) unknownFormat(known []string) error {
	last := len(known) - 1
	return usageError{decl.Say("unknown format %[1]q: %[2]s or %[3]s", "没有 %[1]q 这种格式：%[2]s 或 %[3]s", a.format, strings.Join(known[:last], ", "), known[last])}
}

// alone refuses flags of a command beside one with which they would do nothing.
func alone(cmd *cobra.Command, with string, others ...string) error {
	for _, name := range others {
		if cmd.Flags().Changed(name) {
			return usageError{decl.Say("--%[1]s would change nothing beside --%[2]s", "与 --%[2]s 同用时 --%[1]s 不起作用", name, with)}
		}
	}
	return nil
}

// pathOf is a command without the program's name: returns list.
func pathOf(cmd *cobra.Command) string {
	return strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()+" ")
}
