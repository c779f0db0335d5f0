// Package finding defines what intake says about a return: findings,
// outcomes and the report that receipts, listings and `check` are made from.
//
// Words: a finding (审核意见) is one fault found in a return; its severity is
// 必须修改 (error), 请核实 (warning) or 提示 (info); an outcome is what became
// of the return; a report is everything said about one file.
//
// A new finding gets its id, severity and text in the chapter of what it is about
// (ofFile, ofIdentity, ofHead, ofRows, ofHistory, ofValues), and go generate
// ./cmd/taizhang lists it in docs/findings.md; who finds it only fills it in.
package finding

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"taizhang/internal/calendar"
)

// Severity of a finding.
type Severity string

const (
	Error   Severity = "error"   // 必须修改
	Warning Severity = "warning" // 请核实
	Info    Severity = "info"    // 提示
)

// Label is the severity in the words of receipts.
func (s Severity) Label() string {
	switch s {
	case Error:
		return "必须修改"
	case Warning:
		return "请核实"
	}
	return "提示"
}

// Outcome of a return (CONTRACT: Outcomes).
type Outcome string

const (
	Accepted  Outcome = "accepted"
	Warned    Outcome = "accepted_with_warnings"
	Partial   Outcome = "partially_accepted"
	Rejected  Outcome = "rejected"
	Duplicate Outcome = "duplicate"
)

// Label is the outcome in the words of receipts.
func (o Outcome) Label() string {
	switch o {
	case Accepted:
		return "已接收"
	case Warned:
		return "已接收，有事项请核实"
	case Partial:
		return "部分计入"
	case Rejected:
		return "退回"
	}
	return "重复报送"
}

// Counts says whether the return's rows can count in figures.
func (o Outcome) Counts() bool { return o == Accepted || o == Warned || o == Partial }

// Finding is one fault. Value and Message never hold an unmasked sensitive value.
type Finding struct {
	Severity Severity `json:"severity"`
	Rule     string   `json:"rule"`              // id, such as required, type, list_value
	Sheet    string   `json:"sheet"`             // empty: the file as a whole
	Cell     string   `json:"cell"`              // A1; empty: the sheet or the file as a whole
	Value    string   `json:"value"`             // what stands there
	Message  string   `json:"message"`           // one Chinese sentence: what is wrong and what was expected
	Hint     string   `json:"hint"`              // how to mend it
	Suggest  string   `json:"suggest,omitempty"` // the value to write, where one follows
	Row      int      `json:"-"`                 // sheet row, 0 if none
	Field    string   `json:"-"`                 // form field, empty if none
	Mark     string   `json:"-"`                 // of a doubt that can be explained: what it is known by
	RowKey   string   `json:"-"`                 // of a doubt about a row: its business key, as compared
	Rejects  bool     `json:"-"`                 // an error that sends the whole return back
}

// Explained is a doubt that the sender has explained (核实说明): it is not raised again.
type Explained struct {
	Finding Finding
	Key     string // of the row, as compared; empty if it is about no row
	Said    string // the sender's own words, masked
}

// ChangeKind says what a correction did to a row.
type ChangeKind string

const (
	Added   ChangeKind = "added"   // 新增
	Gone    ChangeKind = "gone"    // 减少
	Refused ChangeKind = "refused" // 未计入: still there as written, but refused this time
	Changed ChangeKind = "changed" // 改动
)

// Label is the kind in the words of receipts.
func (k ChangeKind) Label() string {
	switch k {
	case Added:
		return "新增"
	case Gone:
		return "减少"
	case Refused:
		return "未计入"
	}
	return "改动"
}

// Change is what a correction changed: a row, or one value of it. Sensitive values are masked.
type Change struct {
	Kind                  ChangeKind
	Key                   string // of the row, as people read it
	Column, Before, After string // of a changed value
}

// Return is what a file brought for one form: identity, outcome, findings.
type Return struct {
	ID             string // arrival number and place in the file: 000123-1
	Form           string // form id; empty where it can't be told
	FormTitle      string // Chinese title
	Submitter      string // code; empty where it can't be told
	SubmitterName  string
	Period         calendar.Period // zero where it can't be told
	Cutoff         calendar.Date   // NoDate where it can't be told
	ReceivedAt     time.Time
	DueAt          time.Time // zero: nothing was owed
	Late           bool
	Outcome        Outcome
	Nil            bool         // 零报告
	Rows           int          // loaded
	RowsRefused    int          // 未计入
	ValuesEmptied  int          // values of other fields that were dropped
	RowsIgnored    int          // recognised as not data: totals, sections, notes, repeated headers
	CellsUnread    int          // cells with content under no heading
	CommentsUnread int          // comments on cells
	PassedOver     []PassedRow  // the rows ignored, MaxListed of them at most
	Unread         []UnreadCell // these cells, MaxListed of them at most
	Supersedes     string       // id of the return this one corrects
	Sheets         []string     // sheets it was read from
	Findings       []Finding
	Explained      []Explained // doubts that the sender explained, now or before
	Changes        []Change    // what a correction changed
	OfRejected     bool        // of a duplicate: it repeats a return that was rejected
	Ended          bool        // its unit reports no more: nothing of it will count, whatever is mended
	Decision       *Decision   // of an operator; nil: the outcome is what intake judged
}

// DecisionKind says what an operator decided (CONTRACT: Operator decisions).
type DecisionKind string

const (
	Accept   DecisionKind = "accept"   // 放行: the return counts all the same
	Withdraw DecisionKind = "withdraw" // 作废: the return counts no more
	Clear    DecisionKind = "clear"    // 清零: a ledger is emptied from a day on
	Waive    DecisionKind = "waive"    // 免报: a period need not be handed in
	Undo     DecisionKind = "undo"     // 撤销: the decision before is taken back
)

// Decision is what an operator decided: of a return, or of what a unit owes.
type Decision struct {
	Kind   DecisionKind
	Of     DecisionKind // of an Undo: what it takes back
	By     string       // who decided; empty where that wasn't noted
	Reason string       // masked
	At     time.Time    // in the zone's time zone
	Then   DecisionKind // of an Undo: the decision that holds again; empty: none
	Have   string       // of a Waive, or an Undo of one: id of the return that was accepted for the period; empty if none
	Again  string       // of a Withdraw, or an Undo of an Accept: id of the earlier return that counts again; empty if none
}

// Uncounted gives the finding that says why an accepted return does not count
// for now, nil where it counts. A doubt that was explained says so still.
func (r *Return) Uncounted() *Finding {
	for i := range r.Findings {
		if r.Findings[i].Rule == notCounting.ID {
			return &r.Findings[i]
		}
	}
	for i := range r.Explained {
		if r.Explained[i].Finding.Rule == notCounting.ID {
			return &r.Explained[i].Finding
		}
	}
	return nil
}

// MaxListed is how many rows passed over, and cells unread, a return names; of more only the number is kept.
const MaxListed = 500

// PassedRow is a row that is no data, and what it was taken for: total, section, footer, note, head, prompt, statistic.
type PassedRow struct {
	Sheet string `json:"sheet"`
	Row   int    `json:"row"`
	Kind  string `json:"kind"`
}

// passedLabels are the kinds of rows passed over in the words of receipts, in the order in which these list them.
var passedLabels = [][2]string{{"total", "合计"}, {"section", "小节"}, {"note", "说明"}, {"footer", "页脚"}, {"head", "重复的表头"}, {"prompt", "示例或未填写的"}, {"statistic", "统计"}}

// NotRead says how many rows of each kind were passed over and which cells were not read: 合计1行、页脚2行、1个单元格（O3）.
// Empty where there are none.
func (r *Return) NotRead() string {
	n := map[string]int{}
	for _, p := range r.PassedOver {
		n[p.Kind]++
	}
	var s []string
	for _, k := range passedLabels {
		if n[k[0]] > 0 {
			s = append(s, fmt.Sprintf("%s%d行", k[1], n[k[0]]))
		}
	}
	if more := r.RowsIgnored - len(r.PassedOver); more > 0 {
		s = append(s, fmt.Sprintf("其他%d行", more))
	}
	if r.CellsUnread > 0 {
		var refs []string
		for _, c := range r.Unread[:min(len(r.Unread), r.CellsUnread, 5)] { // comments come after them
			refs = append(refs, c.Cell)
		}
		if r.CellsUnread > len(refs) {
			refs = append(refs, "…")
		}
		s = append(s, fmt.Sprintf("%d个单元格（%s）", r.CellsUnread, strings.Join(refs, "、")))
	}
	if r.CommentsUnread > 0 {
		what := "批注"
		if slices.ContainsFunc(r.Unread, func(c UnreadCell) bool { return c.Comment && strings.HasPrefix(c.Value, BoxLead) }) {
			what = "批注和文本框"
		}
		s = append(s, fmt.Sprintf("%s%d处", what, r.CommentsUnread))
	}
	return strings.Join(s, "、")
}

// CommentLead begins the value of an UnreadCell that is the comment on a cell.
const CommentLead = "批注："

// BoxLead begins that of a text box.
const BoxLead = "文本框："

// UnreadCell is a cell with content under no heading, or the comment on a cell. Its value is masked as findings' values are.
type UnreadCell struct {
	Sheet string `json:"sheet"`
	Cell  string `json:"cell"`
	Value string `json:"value"`
	Row   int    `json:"-"`

	Comment bool `json:"comment,omitempty"`
}

// Count gives the number of findings of a severity.
func (r *Return) Count(s Severity) int {
	n := 0
	for _, f := range r.Findings {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// Report is all that is said about one file.
type Report struct {
	Arrival    int       // number of the arrival in the journal; 0 for `check`
	File       string    // name as sent
	Folder     string    // sub-folder of inbox, "" if none
	SHA256     string    // hex
	ReceivedAt time.Time // in the zone's time zone
	Returns    []*Return // at least one
	Skipped    []string  // sheets not read, with the reason in Chinese: 「附注」：未匹配任何表样
	Bare       bool      // the file is not handed back: it could not be read
}
