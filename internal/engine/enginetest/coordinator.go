// Package enginetest is a Trino coordinator for tests: it speaks the protocol, and answers as a test says, or from a DuckDB
// that has the lake's tables, since the texts are the same on both. What only Trino itself can tell is proved on a cluster
// (make test-trino).
//
// Words: a Fault is a refusal by its name; a statement that is held stays running until it is cancelled or released.
package enginetest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// Fault is how Trino refuses a statement.
type Fault struct{ Name, Message string }

// Refuse makes a fault.
func Refuse(name, message string) *Fault { return &Fault{name, message} }

// Column of an answer; Type is Trino's, such as decimal(18,2). Empty: varchar.
type Column struct{ Name, Type string }

// Coordinator answers statements, and remembers what it was asked.
type Coordinator struct {
	*httptest.Server
	Password string // wanted, where set
	Token    string // likewise
	Cut      int    // so many first requests for an answer break off

	// Answer says what a statement gives.
	Answer func(statement string) ([]Column, [][]any, *Fault)
	// Held, where given, says which statements don't come to an end.
	Held func(statement string) bool

	mu    sync.Mutex
	asked []string
}

// New starts a coordinator that answers nothing to everything, until the test ends.
func New(t testing.TB, secure bool) *Coordinator {
	c := &Coordinator{Answer: func(string) ([]Column, [][]any, *Fault) { return Columns("a"), nil, nil }}
	c.Server = httptest.NewUnstartedServer(http.HandlerFunc(c.serve))
	if secure {
		c.StartTLS()
	} else {
		c.Start()
	}
	t.Cleanup(c.Close)
	return c
}

// Columns are written as "name type", or "name" for a text.
func Columns(list ...string) []Column {
	out := make([]Column, len(list))
	for i, c := range list {
		out[i].Name, out[i].Type, _ = strings.Cut(c, " ")
	}
	return out
}

// Asked are the statements so far; one that was cancelled is followed by "cancel".
func (c *Coordinator) Asked() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string{}, c.asked...)
}

// Forget forgets what was asked.
func (c *Coordinator) Forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = nil
}

// Said says whether a statement with this part was asked.
func (c *Coordinator) Said(part string) bool {
	for _, s := range c.Asked() {
		if strings.Contains(s, part) {
			return true
		}
	}
	return false
}

// breaksOff says whether this request does.
func (c *Coordinator) breaksOff() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Cut--
	return c.Cut >= 0
}

func (c *Coordinator) serve(w http.ResponseWriter, req *http.Request) {
	if c.Password != "" {
		if _, p, _ := req.BasicAuth(); p != c.Password {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
	}
	if c.Token != "" && req.Header.Get("Authorization") != "Bearer "+c.Token {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	stats := map[string]any{"state": "RUNNING", "nodes": 2, "totalSplits": 4, "completedSplits": 1, "rootStage": map[string]any{"stageId": "0", "state": "RUNNING", "subStages": []any{
		map[string]any{"stageId": "1", "state": "RUNNING"}, map[string]any{"stageId": "2", "state": "FINISHED", "done": true}}}}
	out := map[string]any{"id": "q1", "infoUri": c.URL, "stats": stats}
	switch req.Method {
	case http.MethodDelete:
		c.note("cancel")
		w.WriteHeader(http.StatusNoContent)
		return
	case http.MethodPost:
		text, err := io.ReadAll(req.Body)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		out["nextUri"] = fmt.Sprintf("%s/v1/statement/executing/%d", c.URL, c.note(string(text)))
	default:
		if c.breaksOff() {
			panic(http.ErrAbortHandler)
		}
		var n int
		if _, err := fmt.Sscanf(req.URL.Path[strings.LastIndexByte(req.URL.Path, '/')+1:], "%d", &n); err != nil {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		statement := c.Asked()[n]
		if c.Held != nil && c.Held(statement) {
			select { // as Trino does: the answer that there is none yet takes a while
			case <-req.Context().Done():
			case <-time.After(20 * time.Millisecond):
			}
			out["nextUri"] = c.URL + req.URL.Path
			break
		}
		stats["state"], stats["completedSplits"] = "FINISHED", 4
		c.answer(out, statement)
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(out)
}

func (c *Coordinator) note(statement string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = append(c.asked, statement)
	return len(c.asked) - 1
}

func (c *Coordinator) answer(out map[string]any, statement string) {
	columns, rows, wrong := c.Answer(statement)
	if wrong != nil {
		out["error"] = map[string]any{"message": wrong.Message, "errorName": wrong.Name, "errorType": "USER_ERROR", "errorCode": 1}
		out["stats"].(map[string]any)["state"] = "FAILED"
		return
	}
	var list []map[string]any
	for _, col := range columns {
		kind := col.Type
		if kind == "" {
			kind = "varchar"
		}
		raw, inside, _ := strings.Cut(strings.TrimSuffix(kind, ")"), "(")
		arguments := []any{}
		for _, a := range strings.FieldsFunc(inside, func(r rune) bool { return r == ',' }) {
			var n int
			if _, err := fmt.Sscan(a, &n); err == nil {
				arguments = append(arguments, map[string]any{"kind": "LONG", "value": n})
			}
		}
		list = append(list, map[string]any{"name": col.Name, "type": kind, "typeSignature": map[string]any{"rawType": raw, "arguments": arguments}})
	}
	out["columns"], out["data"] = list, rows
}
