package frame

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/web/shelf"
)

// ZoneOf is the zone of a request.
func (s *Frame) ZoneOf() *office.Zone { return s.Options.Service.Zone() }

// SignOf is what tells a publication apart for a browser; the mark itself says where it lies.
func SignOf(mark string) string {
	sum := sha256.Sum256([]byte(mark))
	return hex.EncodeToString(sum[:6])
}

// Reads opens the publication for a page and reads its point.
func (s *Frame) Reads(r *http.Request) (*shelf.Reading, func(), Layout, error) {
	return s.readsBy(r, s.Readings.Open)
}

// Calmly is reads for pages that may be some seconds behind: they say of when they are, that newer figures are being made,
// and show these by themselves.
func (s *Frame) Calmly(r *http.Request) (*shelf.Reading, func(), Layout, error) {
	rd, done, l, err := s.readsBy(r, s.Readings.Calm)
	if err != nil {
		return nil, nil, l, err
	}
	l.Live, l.Behind, l.Seen = true, !s.Readings.Is(rd), "- "+SignOf(rd.Mark)
	return rd, done, l, nil
}

func (s *Frame) readsBy(r *http.Request, open func(*office.Zone) (*shelf.Reading, func(), error)) (*shelf.Reading, func(), Layout, error) {
	rd, done, err := open(s.ZoneOf())
	if err != nil {
		return nil, nil, Layout{}, err
	}
	_, v, err := PointOf(r, rd.Reader)
	if err != nil {
		done()
		return nil, nil, Layout{}, err
	}
	return rd, done, Layout{Point: v, Stale: staleOf(rd, s.ZoneOf()), Seen: SignOf(rd.Mark) + " -"}, nil
}

// staleOf says why a publication isn't what the last run had to say.
func staleOf(rd *shelf.Reading, z *office.Zone) (out []string) {
	if rd.Note() != "" {
		out = append(out, "最新发布的数据文件已损坏或不见了，这里是可读的一份；下次运行会修复。如第二天仍见此提示，请告诉管理员。")
	}
	if n := rd.HeldBack(); n > 0 {
		out = append(out, fmt.Sprintf("最近一次运行有%d项检查未通过，新的数字没有发布，这里仍是此前的数字。请管理员查看「运行」。", n))
	}
	if z.RolledBack() {
		out = append(out, "这里是管理员恢复的以前的一次发布，不是最新的数字；下次有新内容时重新发布。")
	}
	return out
}

// LookEvery is how often a new publication is looked for: whoever handed in sees the outcome within two seconds.
const LookEvery = 500 * time.Millisecond
