package service

import (
	"taizhang/cmd/internal/office"
	"taizhang/ingest/finding"
	"taizhang/internal/lang"
)

// RunResult is what a run tells, also from a service to the command that handed it over.
type RunResult struct {
	Lines     []RunLine `json:"lines"`
	Waiting   []RunWait `json:"waiting"`
	Published bool      `json:"published"`
	Deferred  bool      `json:"deferred"`
	Warnings  []string  `json:"warnings"`
	Error     string    `json:"error,omitempty"`
	Code      int       `json:"code,omitempty"` // exit code that goes with the error
}

// RunLine is what became of one return.
type RunLine struct {
	File, Return, Submitter, Form, Period string
	Outcome                               finding.Outcome
	Rows, Refused, Errors, Warnings       int
	Uncounted                             string // why no row of an accepted return counts; empty where they do
	First                                 string // first finding that asks for action
}

// RunWait is a file that stays in the inbox.
type RunWait struct {
	Path   string
	Reason lang.Text
}

// Summarise says what a run's outcome tells.
func Summarise(o *office.Outcome) RunResult {
	if o == nil {
		return RunResult{}
	}
	s := RunResult{Published: o.Published, Deferred: o.Deferred, Warnings: o.Warnings}
	for _, r := range o.Reports {
		for _, ret := range r.Returns {
			l := RunLine{File: r.File, Return: ret.ID, Submitter: ret.SubmitterName, Form: ret.FormTitle, Outcome: ret.Outcome,
				Rows: ret.Rows, Refused: ret.RowsRefused, Errors: ret.Count(finding.Error), Warnings: ret.Count(finding.Warning)}
			if ret.Period.Valid() {
				l.Period = ret.Period.String()
			}
			if f := ret.Uncounted(); f != nil && ret.Outcome.Counts() {
				l.Uncounted = f.Message
			}
			if ret.Outcome == finding.Rejected {
				l.First = firstError(ret.Findings)
			}
			s.Lines = append(s.Lines, l)
		}
	}
	for _, w := range o.Waiting {
		s.Waiting = append(s.Waiting, RunWait{w.Path, w.Wait})
	}
	return s
}

func firstError(findings []finding.Finding) string {
	for _, f := range findings {
		if f.Severity != finding.Error {
			continue
		}
		if f.Cell != "" {
			return f.Cell + " " + f.Message
		}
		return f.Message
	}
	return ""
}
