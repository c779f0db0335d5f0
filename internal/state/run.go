package state

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"taizhang/internal/lang"
)

// Results of a run.
const (
	Running = ""        // under way
	Done    = "done"    // it did what it is for
	Failed  = "failed"  // it could not; it may be tried again
	Skipped = "skipped" // it was not to be done
	Lost    = "lost"    // the process ended before it could note how it went
)

// Run is an attempt at a job.
type Run struct {
	ID       int64
	Job      string
	Due      time.Time // the occurrence; zero by hand
	Attempt  int       // from 1
	By       string    // schedule, watch, or who asked
	Started  time.Time
	Finished time.Time
	Result   string
	Message  lang.Text // whoever reads it has a language of their own
}

// messages is the migration that keeps what is said of a run in Chinese too, where that is something else.
const messages = `alter table run add column chinese text not null default '';`

// Begin notes that a run starts.
func (s *Store) Begin(ctx context.Context, r Run) (id int64, err error) {
	err = s.change(ctx, "note a run in", func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, "insert into run (job, due, attempt, by, started) values (?, ?, ?, ?, ?)", r.Job, text(r.Due), r.Attempt, r.By, text(r.Started))
		if err != nil {
			return err
		}
		id, err = done.LastInsertId()
		return err
	})
	return id, err
}

// End notes how a run ended.
func (s *Store) End(ctx context.Context, id int64, at time.Time, result string, message lang.Text) error {
	chinese := message.Chinese
	if chinese == message.English {
		chinese = ""
	}
	return s.change(ctx, "note a run in", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "update run set finished = ?, result = ?, message = ?, chinese = ? where id = ?", text(at), result, message.English, chinese, id)
		return err
	})
}

// Forget drops a run that did nothing worth keeping.
func (s *Store) Forget(ctx context.Context, id int64) error {
	return s.change(ctx, "note a run in", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "delete from run where id = ?", id)
		return err
	})
}

// Abandon notes that the runs still open were lost: their process is gone. The zone's owner may say so.
func (s *Store) Abandon(ctx context.Context, at time.Time) (n int64, err error) {
	err = s.change(ctx, "note lost runs in", func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, "update run set finished = ?, result = ? where result = ''", text(at), Lost)
		if err != nil {
			return err
		}
		n, err = done.RowsAffected()
		return err
	})
	return n, err
}

// Since says when a job's schedule was first looked at, noting now where it never was.
func (s *Store) Since(ctx context.Context, job string, now time.Time) (t time.Time, err error) {
	err = s.change(ctx, "note a job in", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "insert into job (name, since) values (?, ?) on conflict do nothing", job, text(now)); err != nil {
			return err
		}
		var since string
		if err := tx.QueryRowContext(ctx, "select since from job where name = ?", job).Scan(&since); err != nil {
			return err
		}
		t, err = moment(since)
		return err
	})
	return t, err
}

// Settled says whether an occurrence needs nothing more: it was done or skipped.
func (s *Store) Settled(ctx context.Context, job string, due time.Time) (settled bool, err error) {
	err = s.db.QueryRowContext(ctx, "select exists (select 1 from run where job = ? and due = ? and result in ('done', 'skipped'))", job, text(due)).Scan(&settled)
	return settled, s.fault("read", err)
}

// Attempts counts the runs of an occurrence that failed or were lost, and gives the newest.
func (s *Store) Attempts(ctx context.Context, job string, due time.Time) (n int, last Run, err error) {
	runs, err := s.runs(ctx, "where job = ? and due = ? and result in ('failed', 'lost') order by id desc", job, text(due))
	if err != nil || len(runs) == 0 {
		return 0, Run{}, err
	}
	return len(runs), runs[0], nil
}

// Last gives a job's newest run with one of these results, any where none is named; false where there is none.
func (s *Store) Last(ctx context.Context, job string, results ...string) (Run, bool, error) {
	where, args := "where job = ?", []any{job}
	for i, r := range results {
		where += []string{" and (result = ?", " or result = ?"}[min(i, 1)]
		args = append(args, r)
	}
	if len(results) > 0 {
		where += ")"
	}
	runs, err := s.runs(ctx, where+" order by id desc limit 1", args...)
	if err != nil || len(runs) == 0 {
		return Run{}, false, err
	}
	return runs[0], true, nil
}

// Get gives a run by its number; false where there is none.
func (s *Store) Get(ctx context.Context, id int64) (Run, bool, error) {
	runs, err := s.runs(ctx, "where id = ?", id)
	if err != nil || len(runs) == 0 {
		return Run{}, false, err
	}
	return runs[0], true, nil
}

// Newest gives the newest runs of a job, or with "" of all, newest first.
func (s *Store) Newest(ctx context.Context, job string, n int) ([]Run, error) {
	if job == "" {
		return s.runs(ctx, "order by id desc limit ?", n)
	}
	return s.runs(ctx, "where job = ? order by id desc limit ?", job, n)
}

func (s *Store) runs(ctx context.Context, tail string, args ...any) (out []Run, err error) {
	rows, err := s.db.QueryContext(ctx, "select id, job, due, attempt, by, started, finished, result, message, chinese from run "+tail, args...)
	if err != nil {
		return nil, s.fault("read", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var r Run
		var due, started, finished string
		if err := rows.Scan(&r.ID, &r.Job, &due, &r.Attempt, &r.By, &started, &finished, &r.Result, &r.Message.English, &r.Message.Chinese); err != nil {
			return nil, s.fault("read", err)
		}
		if r.Message.Chinese == "" {
			r.Message.Chinese = r.Message.English
		}
		if err := moments(map[*time.Time]string{&r.Due: due, &r.Started: started, &r.Finished: finished}); err != nil {
			return nil, s.fault("read", err)
		}
		out = append(out, r)
	}
	return out, s.fault("read", rows.Err())
}

// Prune drops the runs that ended before a time, but each job's newest and each job's newest that was done, and alerts
// that ended before it.
func (s *Store) Prune(ctx context.Context, before time.Time) (n int64, err error) {
	err = s.change(ctx, "prune", func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `delete from run where finished <> '' and finished < ?
			and id not in (select max(id) from run group by job)
			and id not in (select max(id) from run where result = 'done' group by job)`, text(before))
		if err != nil {
			return err
		}
		if n, err = done.RowsAffected(); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "delete from alert where ended <> '' and ended_told <> '' and ended < ?", text(before))
		return err
	})
	return n, err
}
