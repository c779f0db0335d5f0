package main

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"taizhang/cmd/internal/office"
	"taizhang/internal/decl"
	"taizhang/internal/result"
	"taizhang/queries"
)

// savedFolder is a zone's own saved queries, nil where it has none.
func savedFolder(dir string) fs.FS {
	p := filepath.Join(dir, "queries", "saved")
	if info, err := os.Stat(p); err != nil || !info.IsDir() {
		return nil
	}
	return os.DirFS(p)
}

// boundQuery finds a saved query and binds its parameters.
func (a *app) boundQuery(z *office.Zone, name string, values map[string]string) (string, []string, error) {
	if name == "" || strings.ContainsAny(name, `/\`) {
		return "", nil, usagef("@%s: the name of a saved query is expected", "@%s：要写保存的查询的名称", name)
	}
	list, err := queries.SavedQueries(savedFolder(z.Dir))
	if err != nil {
		return "", nil, usageError{err}
	}
	var names []string
	for _, q := range list {
		names = append(names, q.Name)
		if q.Name == name {
			text, args, err := q.Bind(values, z.Meant)
			if err != nil {
				err = usageError{err}
			}
			for _, p := range q.Params {
				if v := values[p.Name]; err == nil && p.Type == "unit" && v != "" {
					a.tellUnknownUnit(z, v)
				}
			}
			return text, args, err
		}
	}
	return "", nil, usagef("no saved query %q; there are: %s%s", "没有保存的查询 %q；现有：%s%s", name, strings.Join(names, ", "), decl.DidYouMean(name, names))
}

// tellUnknownUnit says of a name that it is none of the zone's units: rows may name others, so that it is no mistake yet.
func (a *app) tellUnknownUnit(z *office.Zone, name string) {
	if _, ok := z.Match(name); !ok {
		a.tell("note: %s is no unit of this zone%s", "注意：“%s”不是本区的单位%s", name, decl.DidYouMean(name, z.UnitNames()))
	}
}

// savedParams takes the flags that only a saved query knows out of the arguments: `sql @problems --street 双马街道`.
// The others are left to the command's own flags.
func savedParams(flags *pflag.FlagSet, args []string) (rest []string, values map[string]string, err error) {
	values = map[string]string{}
	var query []string
	for i := 0; i < len(args); i++ {
		if args[i] == "--" {
			return append(rest, args[i:]...), values, nil
		}
		name, isLong := strings.CutPrefix(args[i], "--")
		if isLong && isComment(args[i]) { // a query that begins with a comment
			query = append(query, args[i])
			continue
		}
		name, value, inline := strings.Cut(name, "=")
		if !isLong || name == "" || name == "help" || flags.Lookup(name) != nil {
			rest = append(rest, args[i])
			if f := flags.Lookup(name); isLong && f != nil && f.NoOptDefVal == "" && !inline && i+1 < len(args) {
				i++
				rest = append(rest, args[i])
			}
			continue
		}
		if !inline {
			if i++; i == len(args) {
				return nil, nil, usagef("flag needs an argument: --%s", "选项后面要写值：--%s", name)
			}
			value = args[i]
		}
		values[name] = value
	}
	if len(query) > 0 {
		rest = append(append(rest, "--"), query...)
	}
	return rest, values, nil
}

// isComment tells `-- what is overdue` and `--overdue\nselect …` from a flag.
func isComment(arg string) bool {
	return strings.Contains(arg, "\n") || strings.HasPrefix(arg, "-- ") || strings.HasPrefix(arg, "---")
}

// parseSavedFlags parses the command line of `sql`, whose flags depend on the saved query that it names.
func (a *app) parseSavedFlags(cmd *cobra.Command, args []string) (rest []string, values map[string]string, err error) {
	flags := cmd.Flags()
	flags.AddFlagSet(cmd.InheritedFlags())
	args, values, err = savedParams(flags, args)
	if err != nil {
		return nil, nil, err
	}
	if err := flags.Parse(args); err != nil {
		return nil, nil, usageError{err}
	}
	if err := cmp.Or(a.refuseIdle(cmd), a.checkPlace(cmd), a.formatFromName(cmd)); err != nil {
		return nil, nil, err
	}
	rest = flags.Args()
	if len(values) > 0 && (len(rest) == 0 || !strings.HasPrefix(rest[0], "@")) {
		for n := range values {
			return nil, nil, usagef("unknown flag: --%s (only a saved query has parameters: sql @name --%s …)", "没有选项：--%s（保存的查询才有参数：sql @名称 --%s …）", n, n)
		}
	}
	return rest, values, nil
}

// printSaved lists the saved queries with their parameters.
func (a *app) printSaved(dir string) error {
	list, err := queries.SavedQueries(savedFolder(dir))
	if err != nil {
		return usageError{err}
	}
	return a.print(savedRecords(list))
}

func savedRecords(list []queries.SavedQuery) []result.Record {
	var records []result.Record
	for _, q := range list {
		var params []string
		for _, p := range q.Params {
			text := fmt.Sprintf("--%s %s", p.Name, p.Label)
			if p.Default != "" {
				text += "=" + p.Default
			}
			params = append(params, text)
		}
		records = append(records, result.Record{{Key: "name", Value: "@" + q.Name}, {Key: "description", Value: q.Description}, {Key: "parameters", Value: strings.Join(params, "；")}})
	}
	return records
}
