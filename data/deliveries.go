package data

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"time"
)

// Delivery is one file as it lies in the inbox.
type Delivery struct {
	Path       string // under inbox/, with the submitter's folder: 产业局/产业局周报2022年第32周.xlsx
	ReceivedAt time.Time
	Content    []byte
	Expect     string   // the outcome it should get; of several returns in the file the worst
	Note       string   // which trouble this is; "" if ordinary
	Returns    []Return // the returns it carries; none for a duplicate
}

// Return is what a delivery says for one form.
type Return struct {
	Submitter, Form, Period string
	Outcome                 string
	Rows, Refused           int // rows as written, and those that must be refused
	Nil                     bool
}

// Deliveries are all files of the demo in the order of arrival, the same each time.
func Deliveries() ([]Delivery, error) {
	t, err := loadTruth()
	if err != nil {
		return nil, err
	}
	books := t.books()
	out := make([]Delivery, len(books))
	errs := make([]error, len(books))
	var wg sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(books); i += workers {
				out[i], errs[i] = books[i].delivery()
			}
		})
	}
	wg.Wait()
	index := map[*book]int{}
	for i, b := range books {
		if index[b] = i; b.copyOf != nil {
			out[i].Content = out[index[b.copyOf]].Content
		}
	}
	return out, errors.Join(errs...)
}

func (b *book) delivery() (Delivery, error) {
	d := Delivery{Path: b.path, ReceivedAt: b.at, Expect: b.expect, Note: b.note}
	for _, p := range b.parts {
		d.Returns = append(d.Returns, Return{p.submitter, p.form, p.period.name, p.outcome, len(p.rows), len(p.refused), len(p.rows) == 0})
	}
	if b.copyOf != nil {
		return d, nil
	}
	var err error
	if d.Content, err = b.write(); err != nil {
		return d, fmt.Errorf("%s: %w", b.path, err)
	}
	return d, nil
}

// write turns a book into a file, in the manner of its office.
func (b *book) write() ([]byte, error) {
	var grids []*grid
	for _, p := range b.parts {
		l := layoutOf(p.form, p.submitter)
		if b.relayout != nil {
			l = b.relayout(l)
		}
		if l.ambiguousWeek(p) {
			l.meta = append([][]string{{"报送期：{Y}年第{W}周"}}, l.meta...)
		}
		grids = append(grids, l.lay(p, b.wrongSum)...)
	}
	if strings.HasSuffix(b.path, ".csv") {
		return csvFile(grids[0], b.submitter == "高新集团")
	}
	return xlsx(grids, b.submitter, b.at.UTC().Format(time.RFC3339))
}

// ambiguousWeek is true for the two weeks around the Spring Festival: both fall
// due on the same day, so an office that writes only a date adds the week.
func (l layout) ambiguousWeek(p *part) bool {
	if p.period.name != "2022-W04" && p.period.name != "2022-W05" {
		return false
	}
	for _, line := range l.meta {
		for _, s := range line {
			if strings.HasPrefix(s, "报送期") || strings.HasPrefix(s, "报告期") {
				return false
			}
		}
	}
	return true
}
