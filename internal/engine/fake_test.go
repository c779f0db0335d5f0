package engine

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// fake is a coordinator that answers statements from a table of answers, and remembers what it was asked.
type fake struct {
	*httptest.Server
	mu       sync.Mutex
	asked    []string
	password string // wanted, where set
	cut      int    // answers so many first requests with a broken connection

	answer func(statement string) (columns []string, rows [][]any, fault *fault)
}

type fault struct{ name, message string }

func newFake(t *testing.T, secure bool) *fake {
	f := &fake{answer: func(string) ([]string, [][]any, *fault) { return []string{"a"}, nil, nil }}
	f.Server = httptest.NewUnstartedServer(http.HandlerFunc(f.serve))
	if secure {
		f.StartTLS()
	} else {
		f.Start()
	}
	t.Cleanup(f.Close)
	return f
}

func (f *fake) serve(w http.ResponseWriter, req *http.Request) {
	if f.password != "" {
		if _, p, _ := req.BasicAuth(); p != f.password {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.cut > 0 && req.Method == http.MethodGet {
		f.cut--
		panic(http.ErrAbortHandler)
	}
	out := map[string]any{"id": "q1", "infoUri": f.URL, "stats": map[string]any{"state": "FINISHED", "nodes": 2, "totalSplits": 4, "completedSplits": 4}}
	switch {
	case req.Method == http.MethodDelete:
		f.asked = append(f.asked, "cancel")
		w.WriteHeader(http.StatusNoContent)
		return
	case req.Method == http.MethodPost:
		text := make([]byte, req.ContentLength)
		if _, err := req.Body.Read(text); err != nil && err.Error() != "EOF" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		f.asked = append(f.asked, string(text))
		out["nextUri"] = fmt.Sprintf("%s/v1/statement/executing/%d", f.URL, len(f.asked)-1)
		out["stats"].(map[string]any)["state"] = "RUNNING"
	default:
		var n int
		fmt.Sscanf(req.URL.Path[strings.LastIndexByte(req.URL.Path, '/')+1:], "%d", &n)
		columns, rows, wrong := f.answer(f.asked[n])
		if wrong != nil {
			out["error"] = map[string]any{"message": wrong.message, "errorName": wrong.name, "errorType": "USER_ERROR", "errorCode": 1}
			out["stats"].(map[string]any)["state"] = "FAILED"
			break
		}
		var list []map[string]any
		for _, c := range columns {
			list = append(list, map[string]any{"name": c, "type": "varchar", "typeSignature": map[string]any{"rawType": "varchar", "arguments": []any{}}})
		}
		out["columns"], out["data"] = list, rows
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(out)
}

func (f *fake) said(part string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.asked {
		if strings.Contains(s, part) {
			return true
		}
	}
	return false
}
