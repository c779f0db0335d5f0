package queries

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"taizhang/queries/fence"
)

// TestSavedQueriesRun: every saved query runs without its parameters, and with
// each of them given something.
func TestSavedQueriesRun(t *testing.T) {
	ctx := context.Background()
	r := smallReader(t)
	list, err := SavedQueries(nil)
	if err != nil || len(list) < 8 {
		t.Fatal(list, err)
	}
	for _, q := range list {
		if q.Description == "" {
			t.Errorf("%s says nothing of itself", q.Name)
		}
		all := []map[string]string{nil}
		for _, p := range q.Params {
			all = append(all, map[string]string{p.Name: map[string]string{"text": "双马街道' or 1=1 --", "int": "3", "number": "0.5", "date": "2022-08-01", "unit": "双马街道' or 1=1 --", "form": "problem"}[p.Type]})
		}
		for _, values := range all {
			text, args, err := q.Bind(values, asNamed)
			if err != nil {
				t.Fatal(q.Name, err)
			}
			if _, err := r.SQL(ctx, text, fence.Options{}, args...); err != nil {
				t.Errorf("%s %v: %v", q.Name, values, err)
			}
		}
	}
}

// asNamed takes names of units and forms as they are typed.
func asNamed(_, name string) (string, error) { return name, nil }

func TestSavedQueryParameters(t *testing.T) {
	ctx := context.Background()
	r := smallReader(t)
	q, err := parseSaved("x", "-- 问题\n-- param: street: text: 街道\n-- param: rows: int: 行数: 2\nselect '$street' as a, \"street\" as s -- $nothing\nfrom core.fct_problem where $street is null or street = $street order by row_no limit $rows;")
	if err != nil {
		t.Fatal(err)
	}
	for values, want := range map[string]int{"": 2, "双马街道": 2, "x' or '1'='1": 0} {
		text, args, err := q.Bind(map[string]string{"street": values}, asNamed)
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.SQL(ctx, text, fence.Options{}, args...)
		if err != nil || len(got.Rows) != want {
			t.Errorf("%q: %v (%v)", values, got.Rows, err)
		}
	}
	if _, _, err := q.Bind(map[string]string{"stret": "a"}, asNamed); err == nil || !strings.Contains(err.Error(), `did you mean "street"`) {
		t.Error(err)
	}
	if _, _, err := q.Bind(map[string]string{"rows": "many"}, asNamed); err == nil || !strings.Contains(err.Error(), "whole number") {
		t.Error(err)
	}
	for text, want := range map[string]string{
		"-- x\n-- param: a: text\nselect 1":              "x.sql:2: a parameter reads",
		"-- x\n-- param: a: money: b\nselect 1":          "x.sql:2: a parameter is text",
		"-- x\nselect $a":                                "$a is not declared",
		"-- x\n-- param: a: int: b\n-- param: a: int: b": "x.sql:3: parameter a is declared twice",
	} {
		if _, err := parseSaved("x", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	own, err := SavedQueries(fstest.MapFS{"overdue.sql": {Data: []byte("-- 我的\nselect 1")}})
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range own {
		if q.Name == "overdue" && q.Description != "我的" {
			t.Error("the zone's query does not replace the built-in one")
		}
	}
}
