package ingest

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"taizhang/data"
	"taizhang/ingest/judge"
	"taizhang/ingest/read"
)

// TestDemo takes every return of the demo zone in: each gets the outcome that its office should get.
func TestDemo(t *testing.T) {
	config, err := os.ReadFile("../data/taizhang.yaml")
	if err != nil {
		t.Fatal(err)
	}
	in := testIntake(t, string(config))
	deliveries, err := data.Deliveries()
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	h := judge.NewHistory(in.Zone.Location, in.Forms)
	var dump strings.Builder
	start := time.Now()
	for i, d := range deliveries {
		folder, name, _ := strings.Cut(d.Path, "/")
		f := read.File{Name: name, Folder: folder, Content: d.Content, ReceivedAt: d.ReceivedAt.In(in.Zone.Location)}
		j, err := in.judge.File(ctx, h, in.read.Parse(f), i+1)
		if err != nil {
			t.Fatal(err)
		}
		checkAccounting(t, j)
		checkMasked(t, in, j, true)
		dump.WriteString(d.Path + "\n" + reportText(in, j.Report, j.Parts))
		for n, want := range d.Returns {
			if n >= len(j.Report.Returns) {
				t.Errorf("%s: %s is missing", d.Path, want.Form)
				continue
			}
			r := j.Report.Returns[n]
			rows := want.Rows - want.Refused
			if r.Outcome == "rejected" {
				rows = 0
			}
			if string(r.Outcome) != want.Outcome || r.Submitter != "" && r.SubmitterName != want.Submitter || r.Form != want.Form || r.Period.String() != want.Period || r.Rows != rows || r.Nil != want.Nil {
				t.Errorf("%s:\ngot %s want %+v", d.Path, reportText(in, j.Report, nil), want)
			}
		}
		if len(d.Returns) == 0 && string(j.Report.Returns[0].Outcome) != d.Expect {
			t.Errorf("%s: got %s, want %s", d.Path, j.Report.Returns[0].Outcome, d.Expect)
		}
	}
	t.Logf("%d returns in %v", len(deliveries), time.Since(start))
	if path := os.Getenv("DEMO_DUMP"); path != "" {
		if err := os.WriteFile(path, []byte(dump.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
