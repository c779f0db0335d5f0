package archive

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// sample is one event of every kind.
func sample() []Event {
	return []Event{
		{Event: Declare, Hash: Hash([]byte("bundle"))},
		arrival(1, "一"),
		arrival(2, "二"),
		{Event: Leave, Seq: 1},
		{Event: Decide, Seq: 1, Kind: Accept, Return: "000001-1", Reason: "<街道合并> & 核实", At: clock},
		{Event: Decide, Seq: 2, Kind: Withdraw, Return: "000001-1", Reason: "误报", At: clock},
		{Event: Decide, Seq: 3, Kind: Clear, Submitter: "cyj", Form: "problem", Reason: "机构撤销", At: clock, Effective: "2022-08-15"},
		{Event: Decide, Seq: 4, Kind: Waive, Submitter: "cyj", Form: "problem", Period: "2022-W33", Reason: "放假", At: clock},
		{Event: Erase, Hash: Hash([]byte("一")), Reason: "本人申请", At: clock},
		{Event: ErasePerson, Seq: 5, Reason: "本人申请", At: clock, Through: 2, Hashes: []string{"0a1b"}, Files: []string{"outbox/残联/回执.xlsx"}},
	}
}

func TestJournalRoundTrip(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	must(t, a.Append(sample()...))
	want := sample()
	for i := range want {
		want[i].Recorded = clock
	}
	for _, a := range []*Archive{a, reopen(t, a, dir)} {
		got, err := a.Events()
		must(t, err)
		for i := range got {
			if !got[i].At.Equal(want[i].At) || !got[i].Recorded.Equal(clock) {
				t.Errorf("event %d: times %v, %v", i, got[i].At, got[i].Recorded)
			}
			got[i].At, got[i].Recorded = want[i].At, want[i].Recorded
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, journalName))
	must(t, err)
	if !strings.Contains(string(text), `"at":"2022-08-15T09:30:00+08:00"`) || !strings.Contains(string(text), "<街道合并> & 核实") {
		t.Errorf("not for human eyes:\n%s", text)
	}
}

func reopen(t *testing.T, a *Archive, dir string) *Archive {
	t.Helper()
	must(t, a.Close())
	return open(t, dir)
}

func TestPendingAndNumbers(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	must(t, a.Append(sample()...))
	a = reopen(t, a, dir)
	view, err := View(dir)
	must(t, err)
	for _, a := range []*Archive{a, view} {
		pending, err := a.Pending()
		must(t, err)
		if len(pending) != 1 || pending[0].Seq != 2 || pending[0].Path != "产业局/问题台账.xlsx" {
			t.Errorf("pending %+v", pending)
		}
	}
	if n, m := a.NextArrival(), a.NextArrival(); n != 3 || m != 4 {
		t.Errorf("arrivals %d, %d", n, m)
	}
	if n := a.NextDecision(); n != 6 {
		t.Errorf("decision %d", n)
	}
}

// TestKilledAtEveryByte cuts the journal at every byte of its last append, as a
// kill or a power failure might.
func TestKilledAtEveryByte(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	must(t, a.Append(arrival(1, "一"), Event{Event: Leave, Seq: 1}))
	keep := int(a.size)
	must(t, a.Append(arrival(2, "二")))
	must(t, a.Close())
	name := filepath.Join(dir, journalName)
	full, err := os.ReadFile(name)
	must(t, err)
	for cut := keep; cut <= len(full); cut++ {
		must(t, os.WriteFile(name, full[:cut], 0o600))

		v, err := View(dir)
		must(t, err)
		seen, err := v.Events()
		must(t, err)

		a, err := Open(dir)
		must(t, err)
		events, err := a.Events()
		must(t, err)
		// The object is whole as soon as its last brace is there.
		want, torn := 2, cut-keep
		if cut >= len(full)-1 {
			want, torn = 3, 0
		}
		if len(events) != want || len(seen) != want || a.Torn() != torn {
			t.Fatalf("cut at %d: %d events (view %d), %d bytes torn; want %d, %d", cut, len(events), len(seen), a.Torn(), want, torn)
		}
		next := a.NextArrival()
		must(t, a.Append(arrival(next, "三")))
		must(t, a.Close())
		a, err = Open(dir)
		must(t, err)
		if events, err := a.Events(); err != nil || len(events) != want+1 || a.Torn() != 0 {
			t.Fatalf("cut at %d: after the next append %d events, %v", cut, len(events), err)
		}
		must(t, a.Close())
	}
}

func TestZeroesAtTheEndAreTorn(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	must(t, a.Append(arrival(1, "一")))
	must(t, a.Close())
	appendTo(t, dir, string(make([]byte, 4096)))
	a = open(t, dir)
	if events, err := a.Events(); err != nil || len(events) != 1 || a.Torn() != 4096 {
		t.Errorf("%d events, %v, %d torn", len(events), err, a.Torn())
	}
}

func appendTo(t *testing.T, dir, text string) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(dir, journalName), os.O_WRONLY|os.O_APPEND, 0o600)
	must(t, err)
	_, err = f.WriteString(text)
	must(t, err)
	must(t, f.Close())
}

func TestBadJournalIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ add, want string }{
		"garbage":          {"{\"event\":\"leave\",\"se\n", "line 3"},
		"empty line":       {"\n", "line 3"},
		"unknown kind":     {`{"event":"merge"}` + "\n", "newer version"},
		"unknown, unended": {`{"event":"merge"}`, "newer version"},
		"unknown field":    {`{"event":"leave","seq":2,"why":"x"}` + "\n", `unknown field "why"`},
		"unknown decision": {`{"event":"decision","seq":1,"kind":"merge","reason":"x","at":"2022-08-15T09:30:00+08:00"}` + "\n", "newer version"},
		"two objects":      {`{"event":"leave","seq":2}{}` + "\n", "more than one"},
		"leaves twice":     {`{"event":"leave","seq":1}` + "\n", "not pending"},
		"never arrived":    {`{"event":"leave","seq":7}` + "\n", "not pending"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			a := open(t, dir)
			must(t, a.Append(arrival(1, "一"), Event{Event: Leave, Seq: 1}))
			must(t, a.Close())
			appendTo(t, dir, c.add)
			before, err := os.ReadFile(filepath.Join(dir, journalName))
			must(t, err)
			_, err = Open(dir)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "line 3") {
				t.Fatalf("got %v", err)
			}
			if after, _ := os.ReadFile(filepath.Join(dir, journalName)); !bytes.Equal(before, after) {
				t.Error("a refused journal was changed")
			}
		})
	}
}

// TestAppendIsAllOrNothing refuses a group for one bad event.
func TestAppendIsAllOrNothing(t *testing.T) {
	for name, bad := range map[string]Event{
		"no kind":           {},
		"arrive, no path":   {Event: Arrive, Seq: 9, At: clock, Hash: Hash(nil)},
		"same arrival":      arrival(2, "二"),
		"leave before":      {Event: Leave, Seq: 3},
		"no reason":         {Event: Decide, Seq: 1, Kind: Accept, Return: "000001-1", At: clock},
		"clear, bad date":   {Event: Decide, Seq: 1, Kind: Clear, Submitter: "a", Form: "b", Reason: "c", At: clock, Effective: "8月15日"},
		"waive, no period":  {Event: Decide, Seq: 1, Kind: Waive, Submitter: "a", Form: "b", Reason: "c", At: clock},
		"declare, no hash":  {Event: Declare, Hash: "../x"},
		"erase, no content": {Event: Erase, At: clock},
	} {
		a := open(t, t.TempDir())
		must(t, a.Append(arrival(1, "一")))
		if err := a.Append(arrival(2, "二"), Event{Event: Leave, Seq: 2}, bad); err == nil {
			t.Errorf("%s: accepted", name)
		}
		if events, err := a.Events(); err != nil || len(events) != 1 {
			t.Errorf("%s: %d events, %v", name, len(events), err)
		}
		// What was refused leaves no trace in the state either.
		must(t, a.Append(arrival(2, "二"), Event{Event: Leave, Seq: 2}))
	}
}

func TestAppendNoticesAnotherOwner(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	b := open(t, dir)
	must(t, b.Append(arrival(1, "一")))
	if err := a.Append(arrival(1, "二")); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("got %v", err)
	}
	must(t, b.Close())
	if err := b.Append(arrival(2, "二")); !errors.Is(err, errClosed) {
		t.Errorf("got %v", err)
	}
}

func TestNamesThatAreNotUTF8(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	e := arrival(1, "一")
	e.Path = "\xb2\xfa\xd2\xb5\xbe\xd6/\xce\xca.xlsx" // 产业局/问 in GBK, as some unzip leaves it
	must(t, a.Append(e))
	for _, a := range []*Archive{a, reopen(t, a, dir)} {
		pending, err := a.Pending()
		must(t, err)
		if len(pending) != 1 || pending[0].Path != e.Path {
			t.Errorf("got %+v", pending)
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	a, err := Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	for b.Loop() {
		seq := a.NextArrival()
		if err := a.Append(arrival(seq, "一")); err != nil {
			b.Fatal(err)
		}
	}
}

// FuzzDecode: what is read without the JSON decoder is what that reads.
func FuzzDecode(f *testing.F) {
	for _, line := range []string{
		`{"event":"arrive","seq":1,"at":"2022-01-10T09:01:40+08:00","recorded":"2026-11-30T11:17:21.079474979Z","hash":"` + strings.Repeat("ab", 32) + `","name":"台账.csv","folder":"街道","path":"街道/台账.csv","size":37707,"run":1}`,
		`{"event":"leave","seq":7}`, `{"event":"leave","seq":07}`, `{"event":"leave","seq":-7}`, `{"event":"leave","seq":1e2}`, `{"event":"leave","seq":"7"}`, `{"event":7}`,
		`{"event":"arrive","seq":1,"name":"a\u0041"}`, `{"event":"leave","seq":1} `, `{"event":"leave","seq":1}}`, `{"event":"leave","seq":1,"seq":2}`, `{"Event":"leave","seq":1}`,
		`{"event":"leave","seq":1,"at":"2022-01-10"}`, `{"event":"leave","seq":1,"hash":null}`, `{"event":"decision","seq":1}`, "{\"event\":\"leave\",\"name\":\"\xff\"}", `{}`, `{"event":"leave","seq":1,}`, `{`, ``,
	} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		var quick, slow Event
		if !quick.plain(line) {
			return
		}
		dec := json.NewDecoder(bytes.NewReader(line))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&slow); err != nil {
			t.Fatalf("%s: read, but JSON says %v", line, err)
		}
		if _, err := dec.Token(); err != io.EOF {
			t.Fatalf("%s: read, but more follows", line)
		}
		if !reflect.DeepEqual(quick, slow) {
			t.Fatalf("%s:\n%+v\n%+v", line, quick, slow)
		}
	})
}

// TestJournalIsReadPlainly: the lines that a run writes need no JSON decoder.
func TestJournalIsReadPlainly(t *testing.T) {
	at := time.Date(2022, 1, 10, 9, 1, 40, 5, time.FixedZone("", 8*3600))
	for _, e := range []Event{
		{Event: Arrive, Seq: 12, At: at, Recorded: at, Hash: strings.Repeat("ab", 32), Name: "台账 (1).csv", Folder: "街道", Path: "街道/台账 (1).csv", Size: 37707, Run: 1},
		{Event: Leave, Seq: 12, Recorded: at}, {Event: Retry, Seq: 12, Recorded: at},
	} {
		var buf bytes.Buffer
		if err := e.encode(&buf); err != nil {
			t.Fatal(err)
		}
		var got Event
		if line := bytes.TrimSuffix(buf.Bytes(), []byte("\n")); !got.plain(line) {
			t.Errorf("%s is not read plainly", line)
		}
	}
}
