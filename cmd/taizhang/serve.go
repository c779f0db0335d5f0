package main

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/robfig/cron/v3"
	"github.com/spf13/cobra"

	"taizhang/internal/pipeline"
	"taizhang/internal/warehouse"
)

func (a *app) serveCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Keep running: take in returns and write the weekly summary on schedule",
		Long: "Keeps running until interrupted. Takes in returns and writes the weekly summary by the schedules of\n" +
			"taizhang.yaml (by default every five minutes, and after the last due time of the week). A run beside\n" +
			"it hands its work over.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			z, err := a.zone()
			if err != nil {
				return err
			}
			return a.owned(z, "serve", func(owner *warehouse.Owner) error {
				return a.serve(cmd.Context(), z, owner)
			})
		},
	}
}

// server runs a zone on schedule; one run at a time.
type server struct {
	app  *app
	mu   sync.Mutex
	zone *pipeline.Zone
}

func (a *app) serve(ctx context.Context, z *pipeline.Zone, owner *warehouse.Owner) error {
	s := &server{app: a, zone: z}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen on the loopback address: %w", err)
	}
	secret := make([]byte, 16)
	if _, err := rand.Read(secret); err != nil {
		return err
	}
	token := hex.EncodeToString(secret)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /run", func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+token)) != 1 {
			http.Error(w, "forbidden", http.StatusForbidden)
			return
		}
		var req request
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16)).Decode(&req); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		// The work is finished even if whoever asked for it goes away.
		sum := s.handle(ctx, req)
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(sum); err != nil {
			a.log().Warn("answer a hand-over", "err", err)
		}
	})
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(listener) }()
	if err := owner.Serve(listener.Addr().String(), token); err != nil {
		return err
	}
	s.intake(ctx)
	s.summaryIfDue(ctx)

	jobs := cron.New(cron.WithLocation(z.Location))
	spec := z.Schedule.Intake
	if _, err := jobs.AddFunc(spec, func() { s.intake(ctx) }); err != nil {
		return usagef("schedule.intake %q: %v", spec, err)
	}
	if spec := z.Schedule.Summary; spec != "" {
		if _, err := jobs.AddFunc(spec, func() { s.summary(ctx) }); err != nil {
			return usagef("schedule.summary %q: %v", spec, err)
		}
	} else if _, err := jobs.AddFunc("* * * * *", func() { s.summaryIfDue(ctx) }); err != nil {
		return err
	}
	jobs.Start()
	a.say("Serving %s; intake %q. Interrupt to stop.", z.Name, spec)
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	<-jobs.Stop().Done()
	stop, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if e := srv.Shutdown(stop); err == nil && e != nil {
		err = fmt.Errorf("stop serving: %w", e)
	}
	s.mu.Lock() // a run that is under way is finished first
	defer s.mu.Unlock()
	return err
}

// handle does work handed over by a run beside this process.
func (s *server) handle(ctx context.Context, req request) summaryOfRun {
	var at time.Time
	if req.ReceivedAt != "" {
		var err error
		if at, err = parseTime(req.ReceivedAt, s.zone.Location); err != nil {
			return summaryOfRun{Error: "--received-at " + err.Error()}
		}
	}
	out, err := s.run(ctx, at)
	if err != nil {
		return summaryOfRun{Error: err.Error()}
	}
	return summarise(out)
}

// run takes in and publishes, by the declarations as they now stand.
func (s *server) run(ctx context.Context, at time.Time) (*pipeline.Outcome, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	z, err := pipeline.Load(s.zone.Dir)
	if err != nil {
		return nil, err
	}
	s.zone = z
	return z.Run(ctx, pipeline.Options{ReceivedAt: at, Clock: s.app.now, Log: s.app.log()})
}

func (s *server) intake(ctx context.Context) {
	if ctx.Err() != nil {
		return
	}
	out, err := s.run(ctx, time.Time{})
	if err != nil {
		s.app.log().Error("scheduled run", "err", err)
		return
	}
	if len(out.Reports) > 0 || out.Published {
		if err := s.app.printRun(s.zone, summarise(out)); err != nil && err != errRejected {
			s.app.log().Error("scheduled run", "err", err)
		}
	}
}

func (s *server) summary(ctx context.Context) {
	if ctx.Err() != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	path, err := s.app.issueSummary(ctx, s.zone)
	if err != nil {
		s.app.log().Error("scheduled summary", "err", err)
		return
	}
	s.app.say("Summary: %s", path)
}

// summaryIfDue writes the summary once after the last due time of the week, also if the machine was off then.
func (s *server) summaryIfDue(ctx context.Context) {
	now := s.app.now()
	if s.zone.Schedule.Summary != "" {
		return
	}
	last, err := lastIssue(s.zone)
	if err != nil {
		s.app.log().Error("scheduled summary", "err", err)
		return
	}
	since := now.AddDate(0, 0, -7)
	if last != nil && last.IssuedAt.After(since) {
		since = last.IssuedAt
	}
	if due, ok := s.zone.NextSummary(since); ok && !due.After(now) {
		s.intake(ctx) // what came in at the last minute belongs in it
		s.summary(ctx)
	}
}
