package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScripts runs testdata/script/*.txtar. Beside testscript's own commands a script has:
//
//	drop FILE DEST     put a file into an inbox, long since written whole
//	exit CODE CMD...   run taizhang and want this exit code
//	keys FILE KEY...   want these keys of the first object of a JSON array, in this order
//	count FILE N       want N objects in a JSON array
//	value FILE N KEY V want the value of a key in the Nth object (from 1, or -1 the last), as JSON text
//	lines FILE N       want N lines
//
// FILE may be stdout or stderr. $DEMO is the shared demo zone, for reading only.
func TestScripts(t *testing.T) {
	demo := demoZone(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(e *testscript.Env) error {
			e.Setenv("DEMO", demo)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"drop": scriptDrop, "exit": scriptExit, "keys": scriptKeys, "count": scriptCount, "value": scriptValue, "lines": scriptLines,
		},
	})
}

func plainOnly(ts *testscript.TestScript, neg bool, args []string, least int, usage string) {
	if neg || len(args) < least {
		ts.Fatalf("usage: %s", usage)
	}
}

func scriptDrop(ts *testscript.TestScript, neg bool, args []string) {
	plainOnly(ts, neg, args, 2, "drop FILE DEST")
	content, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	dest := ts.MkAbs(args[1])
	if info, err := os.Stat(dest); err == nil && info.IsDir() {
		dest = filepath.Join(dest, filepath.Base(args[0]))
	}
	ts.Check(os.MkdirAll(filepath.Dir(dest), 0o755))
	ts.Check(os.WriteFile(dest, content, 0o644))
	long := time.Now().Add(-time.Hour)
	ts.Check(os.Chtimes(dest, long, long))
}

func scriptExit(ts *testscript.TestScript, neg bool, args []string) {
	plainOnly(ts, neg, args, 2, "exit CODE ARG...")
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec("taizhang", args[1:]...)
	got := 0
	if err != nil {
		var code interface{ ExitCode() int }
		if !asExit(err, &code) {
			ts.Fatalf("taizhang: %v", err)
		}
		got = code.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func asExit(err error, into *interface{ ExitCode() int }) bool {
	for err != nil {
		if c, ok := err.(interface{ ExitCode() int }); ok {
			*into = c
			return true
		}
		u, ok := err.(interface{ Unwrap() error })
		if !ok {
			return false
		}
		err = u.Unwrap()
	}
	return false
}

// object is a JSON object with its keys in order.
type object struct {
	keys   []string
	values map[string]json.RawMessage
}

func objects(ts *testscript.TestScript, file string) []object {
	text := ts.ReadFile(file)
	var raw []json.RawMessage
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		ts.Fatalf("%s is no JSON array: %v\n%s", file, err, text)
	}
	out := make([]object, len(raw))
	for i, r := range raw {
		o, err := parseObject(r)
		ts.Check(err)
		out[i] = o
	}
	return out
}

func parseObject(raw []byte) (object, error) {
	o := object{values: map[string]json.RawMessage{}}
	d := json.NewDecoder(bytes.NewReader(raw))
	if _, err := d.Token(); err != nil {
		return o, err
	}
	for d.More() {
		k, err := d.Token()
		if err != nil {
			return o, err
		}
		var v json.RawMessage
		if err := d.Decode(&v); err != nil {
			return o, err
		}
		o.keys = append(o.keys, fmt.Sprint(k))
		var b bytes.Buffer
		if err := json.Compact(&b, v); err != nil {
			return o, err
		}
		o.values[fmt.Sprint(k)] = b.Bytes()
	}
	return o, nil
}

func scriptKeys(ts *testscript.TestScript, neg bool, args []string) {
	plainOnly(ts, neg, args, 2, "keys FILE KEY...")
	list := objects(ts, args[0])
	if len(list) == 0 {
		ts.Fatalf("%s is empty", args[0])
	}
	for i, o := range list {
		if !slices.Equal(o.keys, args[1:]) {
			ts.Fatalf("object %d has the keys\n%s\nwant\n%s", i+1, strings.Join(o.keys, " "), strings.Join(args[1:], " "))
		}
	}
}

func scriptCount(ts *testscript.TestScript, neg bool, args []string) {
	plainOnly(ts, neg, args, 2, "count FILE N")
	if got := len(objects(ts, args[0])); strconv.Itoa(got) != args[1] {
		ts.Fatalf("%d objects, want %s\n%s", got, args[1], ts.ReadFile(args[0]))
	}
}

func scriptValue(ts *testscript.TestScript, neg bool, args []string) {
	plainOnly(ts, neg, args, 4, "value FILE N KEY VALUE")
	list := objects(ts, args[0])
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	if n < 0 {
		n += len(list) + 1
	}
	if n < 1 || n > len(list) {
		ts.Fatalf("there are %d objects\n%s", len(list), ts.ReadFile(args[0]))
	}
	got, ok := list[n-1].values[args[2]]
	if !ok {
		ts.Fatalf("no key %s; there are %v", args[2], list[n-1].keys)
	}
	if text := strings.Trim(string(got), `"`); text != args[3] {
		ts.Fatalf("%s is %s, want %s", args[2], text, args[3])
	}
}

func scriptLines(ts *testscript.TestScript, neg bool, args []string) {
	plainOnly(ts, neg, args, 2, "lines FILE N")
	text := strings.TrimRight(ts.ReadFile(args[0]), "\n")
	if got := len(strings.Split(text, "\n")); strconv.Itoa(got) != args[1] {
		ts.Fatalf("%d lines, want %s\n%s", got, args[1], text)
	}
}
