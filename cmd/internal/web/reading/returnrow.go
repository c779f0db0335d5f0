package reading

import (
	"taizhang/cmd/internal/web/frame"
	"taizhang/cmd/internal/web/shelf"
	"taizhang/ingest/finding"
	"taizhang/internal/calendar"
	"taizhang/internal/result"
)

// ReturnRow is a return in a list.
type ReturnRow struct {
	ID, File, Title, Period, Outcome, Class, Received, By, Note string
	Rows, Refused, Errors, Warnings                             int64
	Late                                                        bool
}

// Chinese is the period in words.
func (r ReturnRow) Chinese() string { return periodWords(r.Period) }

// periodWords is a period in words; as it is stored where it isn't one.
func periodWords(text string) string {
	p, err := calendar.ParsePeriod(text)
	if err != nil {
		return text
	}
	return p.Chinese()
}

var OutcomeClass = map[string]string{"accepted": "good", "accepted_with_warnings": "check", "partially_accepted": "check", "rejected": "bad", "duplicate": "same"}

func (s *Pages) ReturnRowOf(rd *shelf.Reading, rec result.Record) ReturnRow {
	text := func(k string) string { return frame.Plain(rec.Get(k)) }
	number := func(k string) int64 { n, _ := rec.Get(k).(int64); return n }
	row := ReturnRow{ID: text("return"), File: text("file"), Title: text("form"), Period: text("period"), Received: shownTime(rec.Get("received_at"), rd.Location()),
		Outcome: finding.Outcome(text("status")).Label(), Class: OutcomeClass[text("status")], By: text("superseded_by"),
		Rows: number("rows"), Refused: number("rows_refused"), Errors: number("errors"), Warnings: number("warnings")}
	row.Late, _ = rec.Get("late").(bool)
	if f := s.ZoneOf().Forms.Get(row.Title); f != nil {
		row.Title = f.PlainTitle()
	}
	switch {
	case text("decision") == "accept":
		row.Note = "已放行"
	case text("decision") == "withdraw":
		row.Note = "已作废"
	case row.By != "":
		row.Note = "已由 " + row.By + " 更正"
	}
	return row
}
