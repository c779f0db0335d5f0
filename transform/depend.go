package transform

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"sort"
	"strings"

	"taizhang/internal/lang"
)

// reference is a table that a text reads.
type reference struct {
	Schema, Name string
	Offset       int // in bytes, -1 unknown
}

// order sets Reads of every model and returns them so that each comes after
// those it reads. Unknown tables and cycles are errors with file and line.
func order(ctx context.Context, conn *sql.Conn, models []Model) ([]Model, error) {
	byName := map[string]int{}
	for i, m := range models {
		byName[m.Name] = i
	}
	tables, err := existing(ctx, conn)
	if err != nil {
		return nil, err
	}
	if err := recall(ctx, conn, models); err != nil {
		return nil, err
	}
	at := map[string]map[string]int{} // model → table → line
	var faults []error
	for i := range models {
		m := &models[i]
		refs, err := references(ctx, conn, m)
		if err == nil {
			at[m.Name], err = m.reads(refs, byName, tables)
		}
		var fault *ModelError
		switch {
		case errors.As(err, &fault):
			faults = append(faults, err)
		case err != nil:
			return nil, err
		}
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return sorted(models, byName, at)
}

// reads sets what a model reads, and gives in which line each; what it must not read is an error.
func (m *Model) reads(refs []reference, models map[string]int, tables map[string]bool) (map[string]int, error) {
	at := map[string]int{}
	m.Reads = nil
	for _, r := range refs {
		name, line := r.Schema+"."+r.Name, lineOf(m.SQL, r.Offset)
		fault := func(english, chinese string, args ...any) (map[string]int, error) {
			return nil, &ModelError{File: m.File, Line: line, Message: lang.Phrase(english, chinese, args...)}
		}
		_, isModel := models[name]
		switch {
		case r.Schema == "":
			return fault("%q is no CTE of this model; tables are named with their schema", "%q 不是本模型的 CTE；表名要带模式名", r.Name)
		case !isModel && !tables[name]:
			return fault("unknown table %s%s", "没有表 %s%s", name, nearest(name, models, tables))
		case m.Layer == "mart" && r.Schema == "mart":
			return fault("marts never read marts; what two marts share belongs in core: %s", "mart 不能读 mart；两者共用的内容应放在 core：%s", name)
		case m.Layer == "stg" && isModel:
			return fault("staging reads raw and ctl tables only: %s", "stg 只能读 raw 和 ctl 的表：%s", name)
		}
		if _, seen := at[name]; !seen {
			at[name] = line
			m.Reads = append(m.Reads, name)
		}
	}
	sort.Strings(m.Reads)
	return at, nil
}

func sorted(models []Model, byName map[string]int, at map[string]map[string]int) ([]Model, error) {
	const visiting, done = 1, 2
	state := map[string]int{}
	var path []string
	var out []Model
	var visit func(name string) error
	visit = func(name string) error {
		m := models[byName[name]]
		state[name] = visiting
		path = append(path, name)
		for _, r := range m.Reads {
			if _, isModel := byName[r]; !isModel {
				continue
			}
			switch state[r] {
			case visiting:
				from := 0
				for i, p := range path {
					if p == r {
						from = i
					}
				}
				return &ModelError{File: m.File, Line: at[name][r], Message: lang.Phrase("models read each other in a circle: %s", "模型互相引用成环：%s", strings.Join(append(path[from:], r), " → "))}
			case 0:
				if err := visit(r); err != nil {
					return err
				}
			}
		}
		path = path[:len(path)-1]
		state[name] = done
		out = append(out, m)
		return nil
	}
	for _, layer := range Layers {
		for _, m := range models {
			if m.Layer == layer && state[m.Name] == 0 {
				if err := visit(m.Name); err != nil {
					return nil, err
				}
			}
		}
	}
	return out, nil
}

// existing names the tables and views of the raw and ctl schemas.
func existing(ctx context.Context, conn *sql.Conn) (map[string]bool, error) {
	rows, err := conn.QueryContext(ctx, "select table_schema || '.' || table_name from information_schema.tables where table_schema in ('raw', 'ctl')")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]bool{}
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		out[n] = true
	}
	return out, rows.Err()
}

// collect walks the parser's tree; ctes are the names visible where it stands.
func collect(node any, ctes []string, refs *[]reference) {
	switch x := node.(type) {
	case []any:
		for _, c := range x {
			collect(c, ctes, refs)
		}
	case map[string]any:
		if x["type"] == "BASE_TABLE" {
			schema, _ := x["schema_name"].(string)
			name, _ := x["table_name"].(string)
			if schema == "" && contains(ctes, name) {
				return
			}
			offset := -1
			if f, ok := x["query_location"].(float64); ok && f < 1<<40 {
				offset = int(f)
			}
			*refs = append(*refs, reference{schema, name, offset})
			return
		}
		if cm, ok := x["cte_map"].(map[string]any); ok {
			list, _ := cm["map"].([]any)
			for _, e := range list { // a CTE sees those before it, and itself if recursive
				entry, _ := e.(map[string]any)
				name, _ := entry["key"].(string)
				inner := ctes
				if isRecursive(entry["value"]) {
					inner = with(ctes, name)
				}
				collect(entry["value"], inner, refs)
				ctes = with(ctes, name)
			}
		}
		for k, c := range x {
			if k != "cte_map" {
				collect(c, ctes, refs)
			}
		}
	}
}

func with(names []string, name string) []string {
	return append(append(make([]string, 0, len(names)+1), names...), strings.ToLower(name))
}

func isRecursive(v any) bool {
	b, _ := json.Marshal(v)
	return strings.Contains(string(b), "RECURSIVE_CTE_NODE")
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == strings.ToLower(name) {
			return true
		}
	}
	return false
}

func lineOf(text string, offset int) int {
	if offset < 0 || offset > len(text) {
		return 1
	}
	return 1 + strings.Count(text[:offset], "\n")
}

// headerLines counts the comment lines that a text begins with.
func headerLines(text string) int {
	n := 0
	for _, line := range strings.Split(text, "\n") {
		if !strings.HasPrefix(strings.TrimSpace(line), "--") {
			break
		}
		n++
	}
	return n
}
