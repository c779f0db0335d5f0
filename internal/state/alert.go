package state

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"taizhang/internal/lang"
)

// Alert is something that somebody has to do something about.
type Alert struct {
	Kind    string
	Subject string // what it is about, "" where there is one only
	Since   time.Time
	Text    lang.Text // a sentence with the remedy
	Ended   time.Time // zero while it lasts
	Told    bool      // it was mailed that it began
	Over    bool      // it was mailed that it ended
}

// alertsInBoth is the migration that keeps an alert's sentence in English too, where that is something else.
const alertsInBoth = `alter table alert add column english text not null default '';`

// Raise notes that an alert lasts: anew where none of its kind and subject does, else with its newest text. It says
// whether it is new.
func (s *Store) Raise(ctx context.Context, kind, subject string, sentence lang.Text, now time.Time) (fresh bool, err error) {
	english := sentence.English
	if english == sentence.Chinese {
		english = ""
	}
	err = s.change(ctx, "note an alert in", func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, "update alert set text = ?, english = ? where kind = ? and subject = ? and ended = ''", sentence.Chinese, english, kind, subject)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n > 0 {
			return err
		}
		fresh = true
		_, err = tx.ExecContext(ctx, "insert or replace into alert (kind, subject, since, text, english) values (?, ?, ?, ?, ?)", kind, subject, text(now), sentence.Chinese, english)
		return err
	})
	return fresh, err
}

// Clear notes that an alert is over; nothing where none lasts.
func (s *Store) Clear(ctx context.Context, kind, subject string, now time.Time) error {
	return s.change(ctx, "note an alert in", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "update alert set ended = ? where kind = ? and subject = ? and ended = ''", text(now), kind, subject)
		return err
	})
}

// Alerts are those that last, oldest first.
func (s *Store) Alerts(ctx context.Context) ([]Alert, error) {
	return s.alerts(ctx, "where ended = ''")
}

// Untold are those of which it is still to be mailed that they began or ended.
func (s *Store) Untold(ctx context.Context) ([]Alert, error) {
	return s.alerts(ctx, "where told = '' or ended <> '' and ended_told = ''")
}

// Tell notes that it was mailed how an alert stood when it was read.
func (s *Store) Tell(ctx context.Context, a Alert, now time.Time) error {
	over := ""
	if !a.Ended.IsZero() {
		over = text(now)
	}
	return s.change(ctx, "note an alert in", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "update alert set told = ?, ended_told = ? where kind = ? and subject = ? and since = ?", text(now), over, a.Kind, a.Subject, text(a.Since))
		return err
	})
}

func (s *Store) alerts(ctx context.Context, where string) (out []Alert, err error) {
	rows, err := s.db.QueryContext(ctx, "select kind, subject, since, text, english, ended, told <> '', ended_told <> '' from alert "+where+" order by since, kind, subject")
	if err != nil {
		return nil, s.fault("read", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var a Alert
		var since, ended string
		if err := rows.Scan(&a.Kind, &a.Subject, &since, &a.Text.Chinese, &a.Text.English, &ended, &a.Told, &a.Over); err != nil {
			return nil, s.fault("read", err)
		}
		if a.Text.English == "" { // noted by an earlier version, or the same in both
			a.Text.English = a.Text.Chinese
		}
		if err := moments(map[*time.Time]string{&a.Since: since, &a.Ended: ended}); err != nil {
			return nil, s.fault("read", err)
		}
		out = append(out, a)
	}
	return out, s.fault("read", rows.Err())
}
