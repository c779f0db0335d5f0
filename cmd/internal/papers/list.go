package papers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/internal/archive"
	"taizhang/internal/calendar"
	"taizhang/internal/durable"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
	"taizhang/queries/weekly"
)

// Kinds of papers. The workbook itself is "".
const (
	Workbook = ""
	Report   = "report"
	Reminder = "reminder"
	Page     = "page"
	PDF      = "pdf"
	Extract  = "extract"
)

// Paper is a file that was issued.
type Paper struct {
	File     string        `json:"file"` // within summaries/, with slashes
	Kind     string        `json:"kind,omitempty"`
	AsOf     calendar.Date `json:"as_of"`
	KnownAt  time.Time     `json:"known_at"`
	IssuedAt time.Time     `json:"issued_at"`
	Content  string        `json:"content"`           // hash of what it says, without the time it was made
	Sum      string        `json:"sha256,omitempty"`  // of the file; empty in lists of older programs
	Pending  bool          `json:"pending,omitempty"` // named, but maybe not there yet

	Mailed map[string]time.Time `json:"mailed,omitempty"` // who has got it by mail, by recipientKey

	Said *weekly.Said `json:"said,omitempty"` // of the newest workbooks: the next one's 更正说明 compares with it
}

// listName is the list of what was issued, in summaries/.
const listName = "issued.json"

func listFile(z *office.Zone) string { return filepath.Join(z.Summaries(), listName) }

// Path is where a paper lies: at hand, or in the folder of its year.
func (p Paper) Path(z *office.Zone) string {
	hand, year := p.places(z)
	if _, err := os.Stat(hand); errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(year); err == nil {
			return year
		}
	}
	return hand
}

func (p Paper) places(z *office.Zone) (hand, year string) {
	name := filepath.FromSlash(p.File)
	return filepath.Join(z.Summaries(), name), filepath.Join(z.Summaries(), strconv.Itoa(p.AsOf.Year()), name)
}

// atHand is how many months papers lie at hand before they go into the folder of their year.
const atHand = 13

// Shelve moves papers whose date is more than a year and a month ago into the folder of their year; none is removed. It
// says how many were moved.
func Shelve(ctx context.Context, z *office.Zone, now time.Time) (moved int, err error) {
	list, err := List(z)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	held, err := lock(ctx, z)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, held.Release()) }()
	before := calendar.Of(now.In(z.Location).AddDate(0, -atHand, 0))
	var faults []error
	for _, p := range list {
		hand, year := p.places(z)
		if p.AsOf >= before {
			continue
		}
		if _, err := os.Stat(hand); err != nil {
			continue // moved already, or lost
		}
		if _, err := os.Stat(year); err == nil {
			continue // something else has its name there
		}
		if err := durable.MkdirAll(filepath.Dir(year), 0o755); err != nil {
			faults = append(faults, err)
			continue
		}
		if err := durable.Move(hand, year); err != nil {
			faults = append(faults, err)
			continue
		}
		moved++
	}
	return moved, errors.Join(faults...)
}

// List gives the papers that were issued, oldest first. One that a kill kept from being placed was not.
func List(z *office.Zone) ([]Paper, error) {
	text, err := os.ReadFile(listFile(z))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []Paper
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, lang.Errorf("%s, the list of what was issued, is damaged: %w\nhint: put it back from a backup: taizhang doctor --mend --from BACKUPS; without one move it away: what was issued keeps its files, and what is issued next goes beside them", "签发目录 %s 已损坏：%w\n建议：从备份补回：taizhang doctor --mend --from 备份文件夹；没有备份的，请把它移走：已印发的文件不受影响，以后印发的放在旁边", listFile(z), err)
	}
	there := list[:0]
	for _, p := range list {
		if p.Pending {
			if _, err := os.Stat(p.Path(z)); err != nil {
				continue
			}
			p.Pending = false
		}
		there = append(there, p)
	}
	return there, nil
}

func writeList(z *office.Zone, list []Paper) error {
	text, err := json.MarshalIndent(list, "", " ")
	if err != nil {
		return err
	}
	return durable.WriteBytes(listFile(z), 0o644, append(text, '\n'))
}

// Lost names the issued papers that are gone or are not what was issued, newest first, among the newest so many; 0 looks
// at all. They are not made again by themselves: what was issued stays what it was.
func Lost(z *office.Zone, newest int) ([]string, error) {
	list, err := List(z)
	if err != nil {
		return nil, err
	}
	var lost []string
	seen := map[string]bool{}
	for _, p := range slices.Backward(list) {
		if seen[p.File] {
			continue
		}
		if seen[p.File] = true; newest > 0 && len(seen) > newest {
			break
		}
		sum, err := archive.HashFile(p.Path(z))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			lost = append(lost, p.File+"：文件已不在")
		case err != nil:
			lost = append(lost, p.File+"："+err.Error())
		case p.Sum != "" && sum != p.Sum:
			lost = append(lost, p.File+"：内容与印发时不一致")
		}
	}
	return lost, nil
}

// lock keeps other desks of the zone away until it is released.
func lock(ctx context.Context, z *office.Zone) (*warehouse.Owner, error) {
	if err := durable.MkdirAll(z.Summaries(), 0o755); err != nil {
		return nil, err
	}
	for {
		o, err := warehouse.LockFile(filepath.Join(z.Dir, "papers.lock"), "summary", z.Location)
		var held *warehouse.HeldError
		if !errors.As(err, &held) {
			return o, err
		}
		select {
		case <-ctx.Done():
			return nil, lang.Errorf("another summary is being issued (process %d): %w", "另一份周报正在印发（进程%d）：%w", held.PID, ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// tidy removes what killed desks left. The lock is held.
func tidy(z *office.Zone) error {
	var left []string
	err := filepath.WalkDir(z.Summaries(), func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && durable.IsLeftover(e.Name()) {
			left = append(left, path)
		}
		return err
	})
	if err != nil {
		return err
	}
	return durable.Remove(left...)
}

// mostSaid is of how many workbooks it is kept what they said.
const mostSaid = 20

// forget drops what older workbooks said.
func forget(list []Paper) {
	n := 0
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Said != nil {
			if n++; n > mostSaid {
				list[i].Said = nil
			}
		}
	}
}

// hashOf is a hash of what something says, without the known-at time.
func hashOf(v any, knownAt time.Time) (string, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return "", lang.Errorf("compare summaries: %w", "核对周报：%w", err)
	}
	s := string(text)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05", "2006-01-02 15:04", "2006年1月2日15:04", "2006年1月2日 15:04"} {
		s = strings.ReplaceAll(s, knownAt.Format(layout), "")
	}
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:]), nil
}
