package service

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/internal/state"
	"taizhang/internal/zone"
)

// Together says whether a run stands for several of a job that went alike, such as those of intake that found nothing: its
// span is then how long that went on, not how long the work took.
func Together(r state.Run) bool {
	alike := r.Result == state.Failed || r.Result == state.Done && r.Message.English == ""
	return r.Job == zone.JobIntake && alike && r.Finished.Sub(r.Started) >= time.Minute
}

// Runs are the newest attempts at a job, or with "" at all, newest first.
func Runs(ctx context.Context, z *office.Zone, name string, n int) (runs []state.Run, err error) {
	if name != "" && !slices.Contains(zone.JobNames, name) {
		return nil, office.Refuse("no job %q; the jobs are %s", "没有任务 %q；任务有：%s", name, strings.Join(zone.JobNames, ", "))
	}
	st, err := state.View(ctx, z.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	return st.Newest(ctx, name, n)
}
