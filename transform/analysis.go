package transform

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"sort"
	"strconv"
	"sync"

	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// analysis is what DuckDB's parser says of a text.
type analysis struct {
	refs  []reference
	timed bool // its rows may differ although what it reads is the same: see usesTime
}

// analysed keeps analyses within the process; ctl.model_parse keeps them from
// run to run: parsing all the texts costs more than an ordinary return does.
var analysed sync.Map // model text → analysis

// analysisFormat is part of every key: raised when an analysis says more or other things.
const analysisFormat = "2"

func analysisKey(text string) string {
	h := sha256.Sum256([]byte(analysisFormat + "\x00" + text))
	return hex.EncodeToString(h[:])
}

// references are the tables that a text reads. Names of CTEs are left out by
// the scope in which they stand.
func references(ctx context.Context, conn *sql.Conn, m *Model) ([]reference, error) {
	a, err := analyse(ctx, conn, m)
	return a.refs, err
}

// analyse asks DuckDB's own parser.
func analyse(ctx context.Context, conn *sql.Conn, m *Model) (analysis, error) {
	if got, ok := analysed.Load(m.SQL); ok {
		return got.(analysis), nil
	}
	var text string
	if err := conn.QueryRowContext(ctx, "select cast(json_serialize_sql(cast(? as varchar)) as varchar)", m.SQL).Scan(&text); err != nil {
		return analysis{}, lang.Errorf("%s: parse: %w", "%s：解析：%w", m.File, err)
	}
	var tree struct {
		Error      bool   `json:"error"`
		Message    string `json:"error_message"`
		Position   string `json:"position"`
		Statements []any  `json:"statements"`
	}
	if err := json.Unmarshal([]byte(text), &tree); err != nil {
		return analysis{}, lang.Errorf("%s: parse: %w", "%s：解析：%w", m.File, err)
	}
	if tree.Error {
		line := 1 + headerLines(m.SQL)
		if pos, err := strconv.Atoi(tree.Position); err == nil {
			line = lineOf(m.SQL, pos)
		}
		return analysis{}, &ModelError{File: m.File, Line: line, Message: tree.Message}
	}
	if len(tree.Statements) != 1 {
		return analysis{}, &ModelError{File: m.File, Line: 1, Message: lang.Phrase("a model is one SELECT, not %d statements", "一个模型是一条 SELECT，不是%d条语句", len(tree.Statements))}
	}
	if err := m.steady(tree.Statements[0]); err != nil {
		return analysis{}, err
	}
	var a analysis
	collect(tree.Statements[0], nil, &a.refs)
	sort.SliceStable(a.refs, func(i, j int) bool { return a.refs[i].Offset < a.refs[j].Offset })
	for _, r := range a.refs {
		a.timed = a.timed || r.Schema == "ctl" && r.Name == "run"
	}
	a.timed = a.timed || usesTime(tree.Statements[0], false)
	analysed.Store(m.SQL, a)
	return a, nil
}

// recall reads the analyses that earlier runs kept of these texts.
func recall(ctx context.Context, conn *sql.Conn, models []Model) error {
	missing := map[string]string{}
	for _, m := range models {
		if _, known := analysed.Load(m.SQL); !known {
			missing[analysisKey(m.SQL)] = m.SQL
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if n, err := warehouse.Strings(ctx, conn, "select table_name from duckdb_tables() where schema_name = 'ctl' and table_name = 'model_parse'"); err != nil || len(n) == 0 {
		return err // a publication of an earlier version
	}
	return warehouse.Each(ctx, conn, "select key, refs, is_timed from ctl.model_parse", func(v []any) error {
		text, ok := missing[v[0].(string)]
		if !ok {
			return nil
		}
		a := analysis{timed: v[2].(bool)}
		if err := json.Unmarshal([]byte(v[1].(string)), &a.refs); err != nil {
			return lang.Errorf("ctl.model_parse: %w", "ctl.model_parse：%w", err)
		}
		analysed.Store(text, a)
		return nil
	})
}

// remember keeps the analyses of these texts in ctl.model_parse, where it has others.
func remember(ctx context.Context, conn *sql.Conn, models []Model) error {
	have := map[string]bool{}
	err := warehouse.Each(ctx, conn, "select key from ctl.model_parse", func(v []any) error {
		have[v[0].(string)] = true
		return nil
	})
	if err != nil {
		return err
	}
	var rows [][]any
	same := true
	for i := range models {
		a, err := analyse(ctx, conn, &models[i])
		if err != nil {
			return err
		}
		refs, err := json.Marshal(a.refs)
		if err != nil {
			return err
		}
		key := analysisKey(models[i].SQL)
		same = same && have[key]
		rows = append(rows, []any{key, string(refs), strconv.FormatBool(a.timed)})
	}
	if same && len(have) == len(rows) {
		return nil
	}
	return replaceAll(ctx, conn, "ctl.model_parse", rows)
}

// usesTime says whether a model's rows may differ although the returns that it
// reads are the same: it uses known_at other than to carry it along, group by
// it or join on it.
func usesTime(node any, carried bool) bool {
	switch x := node.(type) {
	case []any:
		for _, c := range x {
			if usesTime(c, carried) {
				return true
			}
		}
	case map[string]any:
		if isKnownAt(x) {
			return !carried
		}
		if x["type"] == "COMPARE_EQUAL" && isKnownAt(x["left"]) && isKnownAt(x["right"]) {
			return false
		}
		for k, c := range x {
			if usesTime(c, k == "select_list" || k == "group_expressions" || k == "partitions") {
				return true
			}
		}
	}
	return false
}

func isKnownAt(node any) bool {
	x, _ := node.(map[string]any)
	if x["class"] != "COLUMN_REF" {
		return false
	}
	parts, _ := x["column_names"].([]any)
	return len(parts) > 0 && parts[len(parts)-1] == "known_at"
}
