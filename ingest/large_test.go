package ingest

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"taizhang/ingest/finding"
	"taizhang/ingest/read"
)

// largeText is a CSV of many grants.
func largeText(rows int) []byte {
	var s strings.Builder
	s.WriteString("惠企资金兑付台账（2022年7月）单位：元\n企业名称,统一社会信用代码,政策项目,文号,兑付金额,兑付日期\n")
	for i := range rows {
		fmt.Fprintf(&s, "第%d号机械制造有限公司,91430300MA4L16JJ55,智能制造,产政〔2022〕%d号,%d.50,2022-07-%02d\n", i, i, 1000+i, i%28+1)
	}
	return []byte(s.String())
}

// TestHeldRows: what is held of a large return until it is stored is less than a kilobyte a row.
func TestHeldRows(t *testing.T) {
	const rows, most = 50_000, 1000
	in := testIntake(t, officeZone)
	content := largeText(rows)
	held := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := held()
	p := in.read.Parse(read.File{Name: "惠企资金.csv", Folder: "财政局", Content: content, ReceivedAt: time.Date(2022, 8, 5, 9, 0, 0, 0, in.Zone.Location)})
	a := (int64(held()) - int64(before)) / rows
	if p.Failed != nil || len(p.Parts[0].Records) != rows {
		t.Fatalf("not read: %+v", p.Failed)
	}
	t.Logf("%d bytes a row", a)
	if a > most {
		t.Errorf("%d bytes a row are held, more than %d", a, most)
	}
	runtime.KeepAlive(p)
	runtime.KeepAlive(content)
}

// TestAfterLarge: what comes after a large ledger is held against it as after a small one: in the same run a key that
// another unit hands in too, in a later one a row that has vanished.
func TestAfterLarge(t *testing.T) {
	const rows = 20_500 // more than are indexed at once
	o := newOffice(t)
	large := func(rows int) []byte { // of the unit whose folder comes first
		return bytes.ReplaceAll(csvOf(ledgerText(rows)), []byte("青山街道"), []byte("白沙街道"))
	}
	o.drop("白沙街道/问题台账.csv", large(rows))
	o.drop("青山街道/问题台账.csv", csvOf(ledgerText(1)))
	s, _ := o.session(time.Date(2022, 8, 15, 9, 0, 0, 0, o.in.Zone.Location))
	elsewhere := ""
	for _, r := range s.Taken {
		elsewhere += said(r.Returns[0], "key_elsewhere")
	}
	if !strings.Contains(elsewhere, "QS2022-001") {
		t.Errorf("nothing is said of the number that two units hand in: %s", elsewhere)
	}
	o.drop("白沙街道/问题台账.csv", bytes.ReplaceAll(large(rows-1), []byte("8月14日"), []byte("8月21日")))
	s, _ = o.session(time.Date(2022, 8, 22, 9, 0, 0, 0, o.in.Zone.Location))
	if r := s.Taken[len(s.Taken)-1].Returns[0]; !strings.Contains(said(r, "row_vanished"), fmt.Sprintf("QS2022-%03d", rows)) {
		t.Errorf("nothing is said of the row that is gone: %+v", r.Findings[:min(3, len(r.Findings))])
	}
}

// TestReceiptOfALargeFile: the bytes of a large workbook are not held beside its rows, and its receipt is the workbook all the
// same.
func TestReceiptOfALargeFile(t *testing.T) {
	o := newOffice(t)
	picture := make([]byte, smallGroup+1<<20)
	if _, err := rand.NewChaCha8([32]byte{1}).Read(picture); err != nil {
		t.Fatal(err)
	}
	o.drop("青山街道/问题台账.xlsx", withParts(t, goodBook(), map[string][]byte{"xl/media/image1.png": picture}))
	outcomes, waiting := o.run()
	o.want(outcomes, waiting, "问题台账.xlsx: accepted", "")
	receipts, err := filepath.Glob(filepath.Join(o.in.Zone.Outbox(), "青山街道", "*.xlsx"))
	if err != nil || len(receipts) != 1 {
		t.Fatalf("receipts: %v %v", receipts, err)
	}
	r, err := zip.OpenReader(receipts[0])
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	own, err := fs.ReadFile(r, "xl/worksheets/sheet1.xml")
	if err != nil || !bytes.Contains(own, []byte("路灯不亮")) {
		t.Errorf("the receipt doesn't hold the sender's sheet: %v", err)
	}
}

// csvOf writes a sheet of a case as separated text.
func csvOf(text string) []byte {
	_, text, _ = strings.Cut(text, "\n")
	return []byte(strings.NewReplacer(" | ", ",", "@", "").Replace(text))
}

// said is what a return was told by a rule.
func said(r *finding.Return, rule string) (out string) {
	for _, f := range r.Findings {
		if f.Rule == rule {
			out += f.Message + f.Value + "\n"
		}
	}
	return out
}
