package handing

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/frame"
	"taizhang/ingest/read"
	"taizhang/ingest/receipt"
	"taizhang/internal/durable"
	"taizhang/internal/zone"
)

// put writes the files of a draft into the unit's folder, with what was explained, in the place of nothing that lies
// there. Where some can't be written it says so, and the draft stays: put again, it writes those that are missing.
func (s *Pages) put(z *office.Zone, u zone.Submitter, x *draft, said map[string]string) error {
	dir := z.InboxOf(u)
	if err := durable.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var b durable.Batch
	defer b.Discard()
	for i := range x.files {
		f := &x.files[i]
		if f.trouble != "" || f.placed != "" {
			continue
		}
		sent, err := f.explained(z, said)
		if err != nil {
			return err
		}
		sent.before = s.arrivedBefore(z, u, sent.sha)
		b.AddAs(filepath.Join(dir, sent.name), 0o644, sent.content, func(staged *durable.Staged) error {
			at, err := s.placeNew(staged, dir, sent.name)
			if err == nil {
				s.drafts.placed(f, sent, at)
			}
			return err
		})
	}
	err := b.Commit()
	if err == nil {
		s.drafts.hand(x)
	}
	return err
}

// placeNew gives a file a name in a folder that no file there has.
func (s *Pages) placeNew(staged *durable.Staged, dir, name string) (string, error) {
	s.placing.Lock() // where the file system has no links, looking and naming are two steps
	defer s.placing.Unlock()
	ext := path.Ext(name)
	base := strings.TrimSuffix(name, ext)
	for n := 1; ; n++ {
		if n > 1 {
			name = fmt.Sprintf("%s (%d)%s", base, n, ext)
		}
		at := filepath.Join(dir, name)
		if err := staged.PlaceNew(at); !errors.Is(err, fs.ErrExist) {
			return at, err
		}
	}
}

// explained is a file with explanations where intake reads them: on the 回执 sheet beside the doubts.
func (f draftFile) explained(z *office.Zone, said map[string]string) (draftFile, error) {
	doubted := false
	for _, x := range f.report.Returns {
		for _, g := range x.Findings {
			doubted = doubted || said[g.Mark] != "" && g.Mark != ""
		}
	}
	if !doubted {
		return f, nil
	}
	source := f.source
	source.Said = said
	_, content, err := receipt.Write(f.report, source, receipt.Office{Zone: z.Name, Contact: z.Contact})
	if err != nil {
		return f, err
	}
	f.content, f.sha = content, read.Sha256hex(content)
	f.name = strings.TrimSuffix(f.name, path.Ext(f.name)) + ".xlsx"
	return f, nil
}

// arrivedBefore is the newest arrival with that content from a unit, 0 where none is known: an outcome of then is not
// one of what is handed in now.
func (s *Pages) arrivedBefore(z *office.Zone, u zone.Submitter, sha string) int64 {
	rd, done, err := s.Readings.Open(z)
	if err != nil {
		return 0 // nothing is published, or it can't be read, which keeps nobody from handing in
	}
	defer done()
	list, err := rd.Sent(frame.NoContext, sha, u.Code)
	if err != nil || len(list) == 0 {
		return 0
	}
	return list[0].Arrival
}

// notSaved notes why files could not be written into the inbox and says what whoever handed them in can do.
func (s *Pages) notSaved(r *http.Request, err error) *frame.Fault {
	why := "系统没能保存文件"
	if errors.Is(err, syscall.ENOSPC) {
		why = "系统的磁盘满了，没能保存文件"
	}
	return &frame.Fault{Status: http.StatusServiceUnavailable, Says: "没有报送成功：" + why + "。这不是文件的问题。请告诉管理员（编号 " + s.Logged(r, err) + "，日志里有原因），处理好以后再点一次；所写的内容都还在。"}
}

// notHanded shows a draft again that could not be handed in, with what was explained.
func (s *Pages) notHanded(w http.ResponseWriter, r *http.Request, who account.Person, u zone.Submitter, x *draft, err error) error {
	f := s.notSaved(r, err)
	s.drafts.explain(x, explanationsOf(r))
	for _, f := range s.drafts.state(x).files {
		if f.placed != "" { // it counts as handed in
			s.Intake.Join(func() error { return s.Options.Service.Run(frame.NoContext, "page "+x.who) })
			break
		}
	}
	return s.showDraft(w, r, who, u, x, f)
}
