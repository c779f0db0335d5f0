package finding

import (
	"encoding/json"
	"fmt"
	"time"
)

// What a receipt says is kept as text beside the rows that it speaks of: JSON of the report, whole. Findings are
// published as JSON as well, without what only receipts need; here they have that, too.

type keptReport struct {
	Report
	Returns []keptReturn
}

type keptReturn struct {
	*Return
	Findings  []keptFinding   `json:",omitempty"`
	Explained []keptExplained `json:",omitempty"`
}

type keptFinding struct {
	Finding
	Row     int    `json:"row,omitempty"`
	Field   string `json:"field,omitempty"`
	Mark    string `json:"mark,omitempty"`
	Rejects bool   `json:"rejects,omitempty"`
}

type keptExplained struct {
	Finding keptFinding
	Said    string
}

func kept(f Finding) keptFinding { return keptFinding{f, f.Row, f.Field, f.Mark, f.Rejects} }

func (k keptFinding) finding() Finding {
	f := k.Finding
	f.Row, f.Field, f.Mark, f.Rejects = k.Row, k.Field, k.Mark, k.Rejects
	return f
}

// Keep gives a report as text from which Kept makes it again.
func (r *Report) Keep() (string, error) {
	k := keptReport{Report: *r}
	k.Report.Returns = nil
	for _, ret := range r.Returns {
		bare := *ret
		bare.Findings, bare.Explained = nil, nil
		kr := keptReturn{Return: &bare}
		for _, f := range ret.Findings {
			kr.Findings = append(kr.Findings, kept(f))
		}
		for _, e := range ret.Explained {
			kr.Explained = append(kr.Explained, keptExplained{kept(e.Finding), e.Said})
		}
		k.Returns = append(k.Returns, kr)
	}
	text, err := json.Marshal(k)
	if err != nil {
		return "", fmt.Errorf("keep the report of arrival %d: %w", r.Arrival, err)
	}
	return string(text), nil
}

// Kept makes a report again from what Keep gave; loc is the zone's.
func Kept(text string, loc *time.Location) (*Report, error) {
	var k keptReport
	if err := json.Unmarshal([]byte(text), &k); err != nil {
		return nil, fmt.Errorf("read a kept report: %w", err)
	}
	r := k.Report
	r.ReceivedAt, r.Returns = r.ReceivedAt.In(loc), nil
	for _, kr := range k.Returns {
		ret := kr.Return
		if ret == nil {
			ret = &Return{}
		}
		for _, f := range kr.Findings {
			ret.Findings = append(ret.Findings, f.finding())
		}
		for _, e := range kr.Explained {
			ret.Explained = append(ret.Explained, Explained{Finding: e.Finding.finding(), Said: e.Said})
		}
		ret.ReceivedAt = ret.ReceivedAt.In(loc)
		if !ret.DueAt.IsZero() {
			ret.DueAt = ret.DueAt.In(loc)
		}
		r.Returns = append(r.Returns, ret)
	}
	return &r, nil
}
