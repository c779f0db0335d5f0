package service

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"taizhang/ingest"
	"taizhang/internal/state"
	"taizhang/internal/zone"
)

// stale is after how long without an intake the service is not ready: it looks each minute unless told otherwise.
const stale = 30 * time.Minute

// health adds the signs of life: /healthz (the process answers), /readyz (it takes in and the figures are readable),
// /metrics (for Prometheus). They need no secret and tell nothing of what is in the returns.
func (s *Service) health(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if why := s.unready(r.Context()); why != "" {
			http.Error(w, why, http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
	})
	registry := prometheus.NewRegistry()
	registry.MustRegister(&collector{s: s})
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
}

// unready says why the service isn't ready; "" where it is.
func (s *Service) unready(ctx context.Context) string {
	s.mu.Lock()
	wrong := s.wrong
	s.mu.Unlock()
	if wrong != nil {
		return "the declarations can't be read"
	}
	last, ok, err := s.store.Last(ctx, zone.JobIntake)
	switch {
	case err != nil:
		return "the record of jobs can't be read"
	case !ok:
		return "nothing was taken in yet"
	case last.Result == state.Failed:
		return "the last intake failed"
	}
	if j, err := s.jobOf(zone.JobIntake); err == nil && !j.isOff() {
		if at, ok := j.schedule.Last(s.o.Clock()); ok && at.Sub(last.Finished) > stale {
			return "the last intake is long ago"
		}
	}
	return ""
}

// collector reads what Prometheus asks for when it asks.
type collector struct{ s *Service }

var descriptions = struct{ lastRun, duration, result, queue, size, backup, alerts, since *prometheus.Desc }{
	prometheus.NewDesc("taizhang_job_last_success_timestamp_seconds", "when a job was last done", []string{"job"}, nil),
	prometheus.NewDesc("taizhang_job_duration_seconds", "how long a job's newest attempt took", []string{"job"}, nil),
	prometheus.NewDesc("taizhang_job_failed", "1 where a job's newest attempt failed", []string{"job"}, nil),
	prometheus.NewDesc("taizhang_inbox_files", "files that lie in the inbox", nil, nil),
	prometheus.NewDesc("taizhang_file_bytes", "size of a file of the zone", []string{"file"}, nil),
	prometheus.NewDesc("taizhang_backup_timestamp_seconds", "when the newest whole backup was made", nil, nil),
	prometheus.NewDesc("taizhang_alerts", "alerts that last", []string{"kind"}, nil),
	prometheus.NewDesc("taizhang_serving_since_timestamp_seconds", "when the service began", nil, nil),
}

func (c *collector) Describe(out chan<- *prometheus.Desc) {
	d := descriptions
	for _, x := range []*prometheus.Desc{d.lastRun, d.duration, d.result, d.queue, d.size, d.backup, d.alerts, d.since} {
		out <- x
	}
}

func (c *collector) Collect(out chan<- prometheus.Metric) {
	s, d, ctx := c.s, descriptions, context.Background()
	gauge := func(desc *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, v, labels...)
	}
	gauge(d.since, float64(s.since.Unix()))
	s.mu.Lock()
	jobs := s.jobs
	s.mu.Unlock()
	for _, j := range jobs {
		if done, ok, err := s.store.Last(ctx, j.name, state.Done); err == nil && ok {
			gauge(d.lastRun, float64(done.Finished.Unix()), j.name)
		}
		if last, ok, err := s.store.Last(ctx, j.name, state.Done, state.Failed, state.Skipped); err == nil && ok {
			gauge(d.duration, last.Finished.Sub(last.Started).Seconds(), j.name)
			failed := 0.0
			if last.Result == state.Failed {
				failed = 1
			}
			gauge(d.result, failed, j.name)
		}
	}
	z := s.Zone()
	if files, err := ingest.Inbox(z.Inbox()); err == nil {
		gauge(d.queue, float64(len(files)))
	}
	for name, path := range map[string]string{"warehouse": z.Warehouse(), "published": z.PublishedFile()} {
		if info, err := os.Stat(path); err == nil {
			gauge(d.size, float64(info.Size()), name)
		}
	}
	if last, err := z.LastBackup(); err == nil && last != nil {
		gauge(d.backup, float64(last.At.Unix()))
	}
	if alerts, err := s.store.Alerts(ctx); err == nil {
		n := map[string]int{}
		for _, a := range alerts {
			n[a.Kind]++
		}
		for kind, count := range n {
			gauge(d.alerts, float64(count), kind)
		}
	}
}
