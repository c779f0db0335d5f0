// Package lineage tells which columns the columns of SQL models come from, by
// DuckDB's own parser.
//
// Words: the sources of a column are the columns its expression names, of the
// tables that the model reads; the row sources of a model are the columns that
// decide which rows it has and how they are grouped (joins, where, having;
// what a left join looks up decides values, not rows);
// the roots are what remains when models are followed back to plain tables.
package lineage

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"

	"taizhang/internal/warehouse"
)

// Column of a table or model, such as {"raw.problem", "status"}.
type Column struct{ Table, Name string }

func (c Column) String() string { return c.Table + "." + c.Name }

// Model is what there is to know of one model.
type Model struct {
	Name    string
	Columns []string            // in the order of the SELECT
	Sources map[string][]Column // of each column
	Rows    []Column            // row sources
}

// Graph is the lineage of some models.
type Graph struct {
	models map[string]*Model
	tables map[string][]string // plain tables and their columns
	order  []string
}

// Of analyses models, given in building order, over plain tables.
func Of(ctx context.Context, q warehouse.Querier, models []warehouse.Model, tables map[string][]string) (*Graph, error) {
	g := &Graph{models: map[string]*Model{}, tables: tables}
	for _, m := range models {
		tree, err := parse(ctx, q, m.SQL)
		if err != nil {
			return nil, fmt.Errorf("lineage of %s: %w", m.Name, err)
		}
		rel := g.query(tree, &scope{})
		out := &Model{Name: m.Name, Columns: rel.names, Sources: rel.from, Rows: rel.rows}
		g.models[m.Name] = out
		g.order = append(g.order, m.Name)
	}
	return g, nil
}

// Model by name, nil if there is none.
func (g *Graph) Model(name string) *Model { return g.models[name] }

// Models in building order.
func (g *Graph) Models() []string { return g.order }

// Roots are the columns of plain tables that a column's value comes from.
func (g *Graph) Roots(c Column) []Column { return g.follow([]Column{c}) }

// RowRoots are the columns of plain tables that decide which rows a model has.
func (g *Graph) RowRoots(model string) []Column {
	seen := map[string]bool{}
	var all []Column
	var visit func(name string)
	visit = func(name string) {
		m := g.models[name]
		if m == nil || seen[name] {
			return
		}
		seen[name] = true
		all = append(all, m.Rows...)
		for _, c := range m.Rows {
			visit(c.Table)
		}
		for _, cols := range m.Sources {
			for _, c := range cols {
				visit(c.Table)
			}
		}
	}
	visit(model)
	return g.follow(all)
}

func (g *Graph) follow(start []Column) []Column {
	seen := map[Column]bool{}
	var out []Column
	todo := slices.Clone(start)
	for len(todo) > 0 {
		c := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[c] {
			continue
		}
		seen[c] = true
		m := g.models[c.Table]
		if m == nil {
			out = append(out, c)
			continue
		}
		todo = append(todo, m.Sources[c.Name]...)
	}
	sortColumns(out)
	return out
}

func sortColumns(list []Column) {
	sort.Slice(list, func(i, j int) bool {
		return list[i].Table < list[j].Table || list[i].Table == list[j].Table && list[i].Name < list[j].Name
	})
}

// parse is the tree of a SELECT.
func parse(ctx context.Context, q warehouse.Querier, text string) (map[string]any, error) {
	got, err := warehouse.Strings(ctx, q, "select cast(json_serialize_sql(cast(? as varchar)) as varchar)", text)
	if err != nil {
		return nil, err
	}
	var tree struct {
		Error      bool   `json:"error"`
		Message    string `json:"error_message"`
		Statements []struct {
			Node map[string]any `json:"node"`
		} `json:"statements"`
	}
	if len(got) == 0 {
		return nil, fmt.Errorf("the parser gave nothing")
	}
	if err := json.Unmarshal([]byte(got[0]), &tree); err != nil {
		return nil, err
	}
	if tree.Error || len(tree.Statements) != 1 {
		return nil, fmt.Errorf("not one SELECT: %s", tree.Message)
	}
	return tree.Statements[0].Node, nil
}

// relation is something that columns can be read from.
type relation struct {
	alias string
	names []string
	from  map[string][]Column
	rows  []Column
}

// scope is what a query can see: CTEs by name, and the relations of outer queries.
type scope struct {
	outer *scope
	ctes  map[string]*relation
	from  []*relation
}

func (s *scope) cte(name string) *relation {
	for ; s != nil; s = s.outer {
		if r := s.ctes[strings.ToLower(name)]; r != nil {
			return r
		}
	}
	return nil
}

// query analyses a SELECT or a set operation.
func (g *Graph) query(node map[string]any, outer *scope) *relation {
	s := &scope{outer: outer, ctes: map[string]*relation{}}
	if cm, ok := node["cte_map"].(map[string]any); ok {
		for _, e := range list(cm["map"]) {
			entry, _ := e.(map[string]any)
			name, _ := entry["key"].(string)
			value, _ := entry["value"].(map[string]any)
			q, _ := value["query"].(map[string]any)
			inner, _ := q["node"].(map[string]any)
			rel := g.query(inner, s)
			for i, alias := range list(value["aliases"]) {
				if a, ok := alias.(string); ok && i < len(rel.names) {
					rel.from[a], rel.names[i] = rel.from[rel.names[i]], a
				}
			}
			s.ctes[strings.ToLower(name)] = rel
		}
	}
	switch node["type"] {
	case "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE":
		return g.union(node, s)
	}
	out := &relation{from: map[string][]Column{}}
	if f, ok := node["from_table"].(map[string]any); ok {
		out.rows = append(out.rows, g.source(f, s)...)
	}
	for _, r := range s.from {
		out.rows = append(out.rows, r.rows...)
	}
	for _, k := range []string{"where_clause", "having", "qualify", "group_expressions", "sample"} {
		out.rows = append(out.rows, g.columns(node[k], s)...)
	}
	selected := list(node["select_list"])
	for _, e := range list(node["group_expressions"]) { // group by 1
		if n := position(e); n >= 1 && n <= len(selected) {
			out.rows = append(out.rows, g.columns(selected[n-1], s)...)
		}
	}
	for i, e := range selected {
		g.output(e, i, s, out)
	}
	out.rows = unique(out.rows)
	return out
}

// position is the number that an expression consists of, 0 if none.
func position(e any) int {
	x, _ := e.(map[string]any)
	if x["class"] != "CONSTANT" {
		return 0
	}
	v, _ := x["value"].(map[string]any)
	n, _ := v["value"].(float64)
	return int(n)
}

// union pairs the columns of both sides by place.
func (g *Graph) union(node map[string]any, s *scope) *relation {
	left, _ := node["left"].(map[string]any)
	right, _ := node["right"].(map[string]any)
	var sides []*relation
	if left != nil {
		sides = append(sides, g.query(left, s))
	}
	if right != nil {
		sides = append(sides, g.query(right, s))
	}
	for _, c := range list(node["children"]) { // set operations of more than two
		if n, ok := c.(map[string]any); ok {
			sides = append(sides, g.query(n, s))
		}
	}
	if len(sides) == 0 {
		return &relation{from: map[string][]Column{}}
	}
	out := sides[0]
	for _, r := range sides[1:] {
		for i, n := range r.names {
			if i < len(out.names) {
				out.from[out.names[i]] = unique(append(out.from[out.names[i]], r.from[n]...))
			}
		}
		out.rows = unique(append(out.rows, r.rows...))
	}
	return out
}

// source adds what a FROM clause names to the scope; it returns the columns of
// join conditions.
func (g *Graph) source(f map[string]any, s *scope) []Column {
	alias, _ := f["alias"].(string)
	switch f["type"] {
	case "JOIN":
		var rows []Column
		first := 0
		for _, k := range []string{"left", "right"} {
			first = len(s.from)
			if side, ok := f[k].(map[string]any); ok {
				rows = append(rows, g.source(side, s)...)
			}
		}
		on := g.columns(f["condition"], s)
		if f["join_type"] != "LEFT" {
			return append(rows, on...)
		}
		// what a left join looks up decides values, not rows
		for i, r := range s.from[first:] {
			looked := &relation{r.alias, r.names, map[string][]Column{}, nil}
			for n, from := range r.from {
				looked.from[n] = unique(append(slices.Clone(from), on...))
			}
			s.from[first+i] = looked
		}
		return rows
	case "BASE_TABLE":
		schema, _ := f["schema_name"].(string)
		name, _ := f["table_name"].(string)
		if alias == "" {
			alias = name
		}
		if schema == "" {
			if r := s.cte(name); r != nil {
				s.from = append(s.from, &relation{alias, r.names, r.from, r.rows})
				return nil
			}
		}
		s.from = append(s.from, g.table(schema+"."+name, alias))
	case "SUBQUERY":
		sub, _ := f["subquery"].(map[string]any)
		if node, ok := sub["node"].(map[string]any); ok {
			r := g.query(node, s)
			s.from = append(s.from, &relation{alias, r.names, r.from, r.rows})
		}
	default:
		r := &relation{alias: alias, from: map[string][]Column{}}
		for _, n := range list(f["column_name_alias"]) {
			if name, ok := n.(string); ok {
				r.names = append(r.names, name)
			}
		}
		s.from = append(s.from, r)
	}
	return nil
}

// table is a model or a plain table as a relation.
func (g *Graph) table(name, alias string) *relation {
	cols := g.tables[name]
	if m := g.models[name]; m != nil {
		cols = m.Columns
	}
	r := &relation{alias: alias, names: cols, from: map[string][]Column{}}
	for _, c := range cols {
		r.from[c] = []Column{{name, c}}
	}
	return r
}

// output adds a column (or those of a star) of a SELECT.
func (g *Graph) output(e any, i int, s *scope, out *relation) {
	x, _ := e.(map[string]any)
	add := func(name string, from []Column) {
		if _, double := out.from[name]; !double {
			out.names = append(out.names, name)
		}
		out.from[name] = unique(append(out.from[name], from...))
	}
	if x["class"] == "STAR" {
		of, _ := x["relation_name"].(string)
		for _, r := range s.from {
			if of == "" || strings.EqualFold(of, r.alias) {
				for _, n := range r.names {
					add(n, r.from[n])
				}
			}
		}
		return
	}
	name, _ := x["alias"].(string)
	if name == "" {
		if parts := list(x["column_names"]); len(parts) > 0 {
			name, _ = parts[len(parts)-1].(string)
		} else {
			name = fmt.Sprintf("col%d", i)
		}
	}
	add(name, g.columns(e, s))
}

// columns are the source columns that an expression names.
func (g *Graph) columns(e any, s *scope) []Column {
	var out []Column
	var walk func(any)
	walk = func(v any) {
		switch x := v.(type) {
		case []any:
			for _, c := range x {
				walk(c)
			}
		case map[string]any:
			switch x["class"] {
			case "COLUMN_REF":
				out = append(out, s.resolve(list(x["column_names"]))...)
				return
			case "SUBQUERY":
				sub, _ := x["subquery"].(map[string]any)
				if node, ok := sub["node"].(map[string]any); ok {
					r := g.query(node, s)
					for _, n := range r.names {
						out = append(out, r.from[n]...)
					}
					out = append(out, r.rows...)
				}
				walk(x["child"])
				return
			}
			for _, c := range x {
				walk(c)
			}
		}
	}
	walk(e)
	return unique(out)
}

// resolve finds a column by its name, with or without its relation's.
func (s *scope) resolve(parts []any) []Column {
	if len(parts) == 0 {
		return nil
	}
	name, _ := parts[len(parts)-1].(string)
	of := ""
	if len(parts) > 1 {
		of, _ = parts[len(parts)-2].(string)
	}
	for at := s; at != nil; at = at.outer {
		for _, r := range at.from {
			if of != "" && !strings.EqualFold(of, r.alias) {
				continue
			}
			if from, ok := r.from[name]; ok {
				return from
			}
		}
	}
	return nil
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

func unique(in []Column) []Column {
	if len(in) < 2 {
		return in
	}
	out := slices.Clone(in)
	sortColumns(out)
	return slices.Compact(out)
}
