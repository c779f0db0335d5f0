package service

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"taizhang/internal/durable"
	"taizhang/internal/mail"
	"taizhang/queries/weekly"
)

// ReminderFile is what a unit that owes something finds in its outbox.
const ReminderFile = "催报.txt"

// ahead is how long before its due time a return is reminded of.
const ahead = 26 * time.Hour

// remind puts a reminder into the outbox of each unit that owes something now or within a day, takes away those of
// units that have handed in, and mails the office the text for the work group.
func (s *Service) remind(ctx context.Context, a attempt) (Report, error) {
	z := s.Zone()
	r, _, err := z.Read()
	if errors.Is(err, fs.ErrNotExist) {
		return Report{Message: "尚未发布过数据，没有可催报的内容", Skipped: true}, nil
	}
	if err != nil {
		return Report{}, err
	}
	defer r.Close()
	notes, err := weekly.Reminders(ctx, r, published, s.o.Clock(), ahead)
	if err != nil {
		return Report{}, err
	}
	text, err := weekly.Remind(ctx, r, published)
	if err != nil {
		return Report{}, err
	}
	var faults []error
	n := 0
	for _, u := range z.Submitters {
		path := filepath.Join(z.OutboxOf(u), ReminderFile)
		note := notes[u.Name]
		if note == "" {
			if _, err := os.Stat(path); err == nil {
				faults = append(faults, durable.Remove(path))
			}
			continue
		}
		n++
		if err := durable.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			faults = append(faults, err)
			continue
		}
		faults = append(faults, durable.WriteBytes(path, 0o644, []byte("\ufeff"+note))) // one unit's folder holds nobody else up
	}
	report := Report{Message: fmt.Sprintf("提醒%d个单位", n), News: true}
	if n == 0 {
		report.Message = "没有需要催报的单位"
	}
	if text != "" && z.Mail != nil && len(z.Mail.To[mailOffice]) > 0 {
		m := mail.Message{Subject: "【催报】" + z.Name, Text: text + "\n"}
		if !a.due.IsZero() {
			m.ID = fmt.Sprintf("remind-%s-%d", z.Code, a.due.Unix())
		}
		faults = append(faults, z.Mail.Send(ctx, mailOffice, m))
	}
	return report, errors.Join(faults...)
}
