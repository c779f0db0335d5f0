package main

import (
	"cmp"
	"time"

	"taizhang/cmd/internal/web/account"
	"taizhang/ingest/finding"
	"taizhang/internal/lang"
	"taizhang/internal/schedule"
)

// headings are the keys of listings as a Chinese table heads them; csv and json keep the keys.
var headings = map[string]string{
	"return": "报表编号", "file": "文件", "submitter": "填报单位", "form": "表样", "period": "报送期", "cutoff": "截至日期", "status": "审核结果", "rows": "行数", "rows_refused": "未计入",
	"values_emptied": "未采用", "errors": "必须修改", "warnings": "请核实", "received_at": "收到时间", "due_at": "报送期限", "late": "迟报", "superseded_by": "被取代", "decision": "决定",
	"state": "状态", "severity": "轻重", "rule": "规则", "sheet": "工作表", "cell": "单元格", "value": "值", "message": "说明", "hint": "建议", "explanation": "核实说明", "row": "行", "kind": "类别",
	"metric": "指标", "label": "名称", "unit": "单位", "num": "分子", "den": "分母", "n/d": "分子/分母", "coverage": "报送覆盖", "as_of": "截至", "known_at": "所知时点",
	"returns_expected": "应报", "returns_received": "已报", "last_week": "上周", "last_month": "上月", "goal": "目标", "light": "灯",
	"before": "原为", "after": "现为", "change": "变动", "returns": "报表", "causes": "原因", "group": "分组", "key": "编号", "values": "各值", "contributes": "计入", "contributes_den": "计入分母", "cells": "单元格",
	"column": "列", "row_before": "原行号", "row_after": "现行号", "parts": "用于", "dimensions": "维度",
	"model": "模型", "action": "处理", "reason": "原因", "rows_gone": "减少行", "rows_new": "新增行", "case": "用例", "layer": "层", "description": "说明", "grain": "主键", "checks": "检查",
	"title": "名称", "mode": "方式", "frequency": "周期", "columns": "列数", "from": "报送单位", "name": "名称", "bytes": "字节", "shown": "现在显示", "parameters": "参数", "table": "表", "type": "类型", "field": "填报列",
	"job": "任务", "schedule": "计划", "last_done": "上次完成", "last_result": "结果", "next": "下次", "why": "未执行的原因", "run": "编号", "due": "应做时间", "attempt": "第几次", "by": "由谁",
	"started": "开始", "finished": "结束", "result": "结果",
	"backup": "备份", "at": "时间", "zone": "园区", "files": "文件数", "program": "程序版本", "whole": "完整", "check": "检查项", "path": "位置", "command": "修复命令",
	"explained": "已有核实说明", "passed_over": "跳过的行", "unread": "没有读取的内容", "passed_over_total": "跳过行数", "unread_total": "没有读取的处数",
	"role": "角色", "token": "令牌", "since": "自", "disabled": "已停用", "street": "街道", "department": "牵头单位", "category": "类别", "source": "来源", "programme": "项目", "batch": "批次", "enterprise": "企业", "industry": "行业", "list": "清单",
	"series": "系列", "week": "周", "month": "月", "archive": "原件",
}

// valueWords are the values of some keys as a Chinese table says them.
var valueWords = map[string]map[string]string{
	"state": {"received": "已报", "late": "迟报", "missing": "缺报", "not_due": "未到期", "rejected": "退回", "waived": "免报",
		"loaded": "已入库", "refused": "未计入", "ok": "正常", "mended": "已修复", "warning": "注意", "fault": "故障", "failed": "未通过", "joined": "已汇集", "unchanged": "无变化", "kept": "沿用以前的", "left_out": "未汇集"},
	"status":    outcomeWords(finding.Accepted, finding.Warned, finding.Partial, finding.Rejected, finding.Duplicate),
	"severity":  {string(finding.Error): finding.Error.Label(), string(finding.Warning): finding.Warning.Label(), string(finding.Info): finding.Info.Label()},
	"decision":  {"accept": "放行", "withdraw": "作废"},
	"kind":      {"total": "合计", "section": "分节", "footer": "落款", "note": "说明", "head": "表头", "prompt": "填表提示", "statistic": "统计"},
	"unit":      {"count": "个", "ratio": "比率", "yuan": "元", "days": "天"},
	"action":    {"kept": "不变", "updated": "更新", "built": "重新构建"},
	"change":    {"added": "增加", "gone": "减少", "changed": "改动"},
	"mode":      {"ledger": "台账", "period": "按期"},
	"frequency": {"week": "每周", "month": "每月"},
	"by":        {"schedule": "定时", "watch": "自动（收件箱有新文件）"},
	"check": {"declarations": "配置", "version": "版本", "clock": "时钟", "disk": "磁盘", "journal": "日志", "keys": "密钥", "original": "原件", "warehouse": "数据库", "published": "发布",
		"papers": "材料", "leftovers": "残留文件", "permissions": "权限", "backup": "备份", "waiting": "等待的文件"},
	"last_result": resultWords, "result": resultWords,
	"late": truth, "whole": truth, "disabled": truth, "token": truth,
	"role": roleWords(),
}

func roleWords() map[string]string {
	words := map[string]string{}
	for _, r := range account.RoleWords {
		words[r[0]] = r[1]
	}
	return words
}

// unworded is the value that a Chinese table says as a word: 退回 is rejected. Other texts stay as they are.
func unworded(key, word string) string {
	for value, says := range valueWords[key] {
		if says == word {
			return value
		}
	}
	return word
}

// momentKeys hold times, which a Chinese table shows without zone and seconds.
var momentKeys = map[string]bool{"received_at": true, "due_at": true, "known_at": true, "last_done": true, "next": true, "due": true, "started": true, "finished": true, "at": true}

var (
	resultWords = map[string]string{"done": "完成", "failed": "未成功", "skipped": "跳过", "lost": "中断", "running": "正在执行"}
	truth       = map[string]string{"true": "是", "false": "否"}
)

func outcomeWords(all ...finding.Outcome) map[string]string {
	words := map[string]string{}
	for _, o := range all {
		words[string(o)] = o.Label()
	}
	return words
}

// heads are the keys of a listing of ours as a table heads them.
func heads(keys []string) []string {
	if lang.Spoken() != lang.Chinese {
		return keys
	}
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = cmp.Or(headings[k], k)
	}
	return out
}

// worded is a value of a listing of ours as a table says it.
func worded(key, value string) string {
	if lang.Spoken() != lang.Chinese {
		return value
	}
	if at, err := time.Parse(time.RFC3339, value); err == nil && momentKeys[key] {
		return at.Format("2006-01-02 15:04")
	}
	if key == "schedule" {
		return schedule.InWords(value)
	}
	return cmp.Or(valueWords[key][value], value)
}
