package transform

import (
	"maps"
	"slices"
	"strings"

	"taizhang/internal/lang"
)

// unsteady are the functions that give another value each time or each day. What a model made
// of them would be neither its trace's figure nor, asked for again, that of its date.
var unsteady = map[string]bool{
	"now": true, "today": true, "current_date": true,
	"get_current_time": true, "get_current_timestamp": true, "transaction_timestamp": true,
	"random": true, "setseed": true, "uuid": true, "gen_random_uuid": true, "uuidv4": true, "uuidv7": true,
	"nextval": true, "currval": true, "txid_current": true, "current_query": true, "current_query_id": true, "current_transaction_id": true, "current_connection_id": true,
	"current_database": true, "current_schema": true, "current_schemas": true, "in_search_path": true,
	"sleep_ms": true, "write_log": true,
}

// clocks are words that stand for such a function without brackets.
var clocks = map[string]bool{"current_date": true, "current_time": true, "current_timestamp": true, "localtime": true, "localtimestamp": true}

// unsteadiness finds what of a parsed text isn't steady, and where it stands; "" where nothing is.
func unsteadiness(node any) (name string, offset int) {
	switch x := node.(type) {
	case []any:
		for _, c := range x {
			if name, offset = unsteadiness(c); name != "" {
				return name, offset
			}
		}
	case map[string]any:
		if name, called := unsteadyName(x); name != "" {
			if called {
				name += "()"
			}
			return name, placeIn(x)
		}
		for _, k := range slices.Sorted(maps.Keys(x)) {
			if name, offset = unsteadiness(x[k]); name != "" {
				if offset < 0 { // a sample has no place of its own
					offset = placeIn(x)
				}
				return name, offset
			}
		}
	}
	return "", -1
}

// unsteadyName is the name of what isn't steady in a node itself.
func unsteadyName(x map[string]any) (name string, called bool) {
	if sample, ok := x["sample_size"].(map[string]any); ok && sample != nil {
		return "sample", false
	}
	switch x["class"] {
	case "FUNCTION":
		name, _ = x["function_name"].(string)
		name = strings.ToLower(name)
		children, _ := x["children"].([]any)
		if unsteady[name] || name == "age" && len(children) == 1 { // since today
			return name, true
		}
	case "COLUMN_REF":
		if parts, _ := x["column_names"].([]any); len(parts) == 1 {
			name, _ = parts[0].(string)
			if name = strings.ToLower(name); clocks[name] {
				return name, false
			}
		}
	}
	return "", false
}

func placeIn(x map[string]any) int {
	if f, ok := x["query_location"].(float64); ok && f < 1<<40 {
		return int(f)
	}
	return -1
}

// steady refuses a text that isn't.
func (m *Model) steady(tree any) error {
	name, offset := unsteadiness(tree)
	if name == "" {
		return nil
	}
	line := 1 + headerLines(m.SQL)
	if offset >= 0 {
		line = lineOf(m.SQL, offset)
	}
	return &ModelError{File: m.File, Line: line, Message: lang.Phrase("%s doesn't give the same each time: a model follows from what it reads alone; the date and time that figures are for are as_of and known_at of ctl.run",
		"%s 每次的结果不同：模型只能由所读的数据得出；计算所用的日期和时间请取 ctl.run 的 as_of、known_at", name)}
}
