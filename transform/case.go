package transform

import (
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strings"

	"golang.org/x/tools/txtar"

	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// A case is a txtar file beside a model, models/<layer>/<name>.txtar: files
// named after tables hold the rows given (CSV with a header that names some of
// the columns; nothing between two commas is null), and the file named want
// the rows that the model must then have, in any order, with the columns that
// matter. A file named want <model> is about another model. One file may hold
// several cases: a file named case <words> begins the next.

// Case is rows in and rows wanted.
type Case struct {
	File, Name string
	Given      []CaseRows
	Want       []CaseRows
}

// CaseRows are the rows of one table.
type CaseRows struct {
	Table   string
	Columns []string
	Rows    [][]string
}

// ParseCases reads the cases of a model.
func ParseCases(file, model string, text []byte) ([]Case, error) {
	ar := txtar.Parse(text)
	c := Case{File: file, Name: "1"}
	var out []Case
	end := func() {
		if len(c.Want) > 0 {
			out = append(out, c)
		}
	}
	for _, f := range ar.Files {
		if name, ok := strings.CutPrefix(f.Name, "case "); ok {
			end()
			c = Case{File: file, Name: name}
			continue
		}
		rows, err := caseRows(f.Name, f.Data)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", file, f.Name, err)
		}
		switch {
		case f.Name == "want":
			rows.Table = model
			c.Want = append(c.Want, rows)
		case strings.HasPrefix(f.Name, "want "):
			rows.Table = strings.TrimPrefix(f.Name, "want ")
			c.Want = append(c.Want, rows)
		default:
			c.Given = append(c.Given, rows)
		}
	}
	end()
	if len(out) == 0 {
		return nil, lang.Errorf("%s: no rows are wanted (-- want --)", "%s：没有写应得的行（-- want --）", file)
	}
	return out, nil
}

func caseRows(table string, text []byte) (CaseRows, error) {
	r := csv.NewReader(strings.NewReader(string(text)))
	r.TrimLeadingSpace = true
	r.Comment = '#'
	lines, err := r.ReadAll()
	if err != nil {
		return CaseRows{}, err
	}
	if len(lines) == 0 {
		return CaseRows{}, lang.Errorf("a header line is missing", "缺表头行")
	}
	for _, line := range lines {
		for i := range line {
			line[i] = strings.TrimSpace(line[i])
		}
	}
	return CaseRows{table, lines[0], lines[1:]}, nil
}

// Check runs a case in an empty warehouse that has the tables: it gives the
// rows, builds the models and compares. The first difference is the error.
func (c Case) Check(ctx context.Context, conn *sql.Conn, o Options) error {
	if err := c.give(ctx, conn); err != nil {
		return c.at(err)
	}
	for _, w := range c.Want {
		o.only = append(o.only, w.Table)
	}
	res, err := Run(ctx, conn, o)
	if err != nil {
		return c.at(err)
	}
	if err := res.Err(); err != nil {
		return c.at(err)
	}
	for _, w := range c.Want {
		if err := c.compare(ctx, conn, w, w.Table); err != nil {
			return err
		}
	}
	return nil
}

func (c Case) at(err error) error { return fmt.Errorf("%s (%s): %w", c.File, c.Name, err) }

// give puts the rows given into the tables.
func (c Case) give(ctx context.Context, conn *sql.Conn) error {
	for _, g := range c.Given {
		for _, row := range g.Rows {
			values := make([]string, len(row))
			cols := make([]string, len(row))
			for i, v := range row {
				cols[i], values[i] = warehouse.Ident(g.Columns[i]), "null"
				if v != "" {
					values[i] = warehouse.Quote(v)
				}
			}
			q := "insert into " + g.Table + " (" + strings.Join(cols, ", ") + ") values (" + strings.Join(values, ", ") + ")"
			if _, err := conn.ExecContext(ctx, q); err != nil {
				return err
			}
		}
	}
	// a zone that a case names has the working days of any other
	_, err := conn.ExecContext(ctx, `insert into ctl.calendar select z.zone, c.day, c.is_workday, c.workday_no from ctl.calendar as c
		cross join (select distinct zone from raw.return) as z where c.zone = (select min(zone) from ctl.calendar) and z.zone not in (select distinct zone from ctl.calendar)`)
	return err
}

// compare compares the rows that a model has with those wanted; from is what has them.
func (c Case) compare(ctx context.Context, conn *sql.Conn, w CaseRows, from string) error {
	cols := make([]string, len(w.Columns))
	for i, name := range w.Columns {
		cols[i] = "coalesce(cast(" + warehouse.Ident(name) + " as varchar), '')"
	}
	got, err := warehouse.Strings(ctx, conn, "select "+strings.Join(cols, " || ', ' || ")+" from "+from)
	if err != nil {
		return c.at(err)
	}
	want := make([]string, len(w.Rows))
	for i, row := range w.Rows {
		want[i] = strings.Join(row, ", ")
	}
	sort.Strings(got)
	sort.Strings(want)
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		return lang.Errorf("%s (%s): %s (%s)\n got:\n  %s\n want:\n  %s", "%s（%s）：%s（%s）\n 实得：\n  %s\n 应得：\n  %s", c.File, c.Name, w.Table, strings.Join(w.Columns, ", "),
			strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
	return nil
}

// CaseResult is a case as it was run; Err is nil where the rows were as wanted.
type CaseResult struct {
	Model, Name string
	Err         error
}

// RunCases runs the cases of the built-in models and of the given folders, or
// those of some models only, each in an empty warehouse that empty opens. A
// built-in model that a folder replaces is tested by the folder's cases only.
func RunCases(ctx context.Context, o Options, empty func() (*warehouse.DB, error), models ...string) ([]CaseResult, error) {
	return runCases(ctx, o, empty, func(c Case, db *warehouse.DB) error { return c.Check(ctx, db.Conn, o) }, models)
}

func runCases(ctx context.Context, o Options, empty func() (*warehouse.DB, error), check func(Case, *warehouse.DB) error, models []string) ([]CaseResult, error) {
	loaded, err := Load(o.Models...)
	if err != nil {
		return nil, err
	}
	own := map[string]bool{}
	for _, m := range loaded {
		own[m.Name] = strings.HasPrefix(m.File, "models/")
	}
	models, err = namesOf(models, loaded)
	if err != nil {
		return nil, err
	}
	var out []CaseResult
	for i, fsys := range append([]fs.FS{Builtin()}, o.Models...) {
		files, err := fs.Glob(fsys, "*/*.txtar")
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			model := path.Dir(f) + "." + strings.TrimSuffix(path.Base(f), ".txtar")
			if len(models) > 0 && !slices.Contains(models, model) || i == 0 && own[model] {
				continue
			}
			text, err := fs.ReadFile(fsys, f)
			if err != nil {
				return nil, err
			}
			cases, err := ParseCases(f, model, text)
			if err != nil {
				out = append(out, CaseResult{model, f, err})
				continue
			}
			for _, c := range cases {
				db, err := empty()
				if err != nil {
					return nil, err
				}
				out = append(out, CaseResult{model, c.Name, check(c, db)})
				if err := errors.Join(db.Close(), ctx.Err()); err != nil {
					return nil, err
				}
			}
		}
	}
	return out, nil
}
