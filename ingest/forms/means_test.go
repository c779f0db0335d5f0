package forms

import (
	"strings"
	"testing"
	"testing/fstest"
)

// ledger is a zone's own version of 重点民生实事, whose states are given by values and means.
func ledger(states string) string {
	return `id: livelihood
title: 重点民生实事
mode: ledger
frequency: month
key: [project_no]
columns:
  - {field: project_no, title: 项目编号, type: code, required: true}
  - field: status
    title: 状态
    type: list
    required: true
` + states
}

// TestMeanings: each status of every built-in ledger is closed, open or long-term.
func TestMeanings(t *testing.T) {
	set, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	states := 0
	for _, f := range set.Forms {
		for _, c := range f.Columns {
			if c.HasStates() {
				states++
			}
			if without := c.meaningless(); len(without) > 0 {
				t.Errorf("%s.%s: %v mean nothing", f.ID, c.Field, without)
			}
		}
	}
	if states != 5 {
		t.Errorf("%d ledgers of things to do", states)
	}
}

// TestOwnMeanings: what a zone's own status words mean is taken from the form, else from the built-in one; a word that
// nobody explains would count as nothing, and is refused.
func TestOwnMeanings(t *testing.T) {
	t.Setenv("LC_ALL", "zh_CN.UTF-8")
	for name, c := range map[string]struct{ states, want, fault string }{
		"said":                   {"    values: {待开工: [], 已交付: []}\n    means: {open: [待开工], closed: [已交付]}\n", "待开工=open 已交付=closed", ""},
		"of that name":           {"    values: {推进中: [], 已完成: []}\n", "推进中=open 已完成=closed", ""},
		"a spelling there":       {"    values: {在建: [], 竣工: []}\n", "在建=open 竣工=closed", ""},
		"has a spelling as name": {"    values: {动工: [推进中], 交付: [已完成]}\n", "动工=open 交付=closed", ""},
		"nobody knows":           {"    values: {推进中: [], 已完成: [], 暂缓: []}\n", "", "没有写明“暂缓”在统计中算什么"},
		"one forgotten":          {"    values: {推进中: [], 已完成: [], 暂缓: []}\n    means: {open: [推进中], closed: [已完成]}\n", "", "没有写明“暂缓”在统计中算什么"},
		"none of them":           {"    values: {推进中: []}\n    means: {open: [推进中, 在建]}\n", "", "“在建”不是 status 的可选值"},
		"twice":                  {"    values: {推进中: []}\n    means: {open: [推进中], closed: [推进中]}\n", "", "“推进中”已写作 open"},
		"an unknown meaning":     {"    values: {推进中: []}\n    means: {opened: [推进中]}\n", "", "open"},
	} {
		set, err := Load(fstest.MapFS{"livelihood.yaml": {Data: []byte(ledger(c.states))}})
		if c.fault != "" {
			if err == nil || !strings.Contains(err.Error(), c.fault) {
				t.Errorf("%s: %v, want %s", name, err, c.fault)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for _, v := range set.Get("livelihood").Column("status").Values {
			got = append(got, v.Name+"="+v.Means)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
}

// TestArchivedMeanings: a form that was in force before forms said what their values mean is read again.
func TestArchivedMeanings(t *testing.T) {
	set, err := FromTexts(map[string]string{"livelihood": ledger("    values: {推进中: [], 已完成: [], 暂缓: []}\n")})
	if err != nil {
		t.Fatal(err)
	}
	if v := set.Get("livelihood").Column("status").value("暂缓"); v.Means != Open {
		t.Errorf("暂缓 is %s", v.Means)
	}
}
