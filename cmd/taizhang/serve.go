package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
	"taizhang/internal/warehouse"
)

func (a *app) serveCmd() *cobra.Command {
	var o pageOptions
	c := &cobra.Command{
		Use:   "serve",
		Short: "Keep running: take in returns and write the weekly summary on schedule",
		Long: "Keeps running until interrupted. Takes in returns and writes the weekly summary by the schedules of\n" +
			"taizhang.yaml (by default every five minutes, and after the last due time of the week). A run, decision,\n" +
			"rebuild, erase, summary or models run beside it hands its work over. Changes to taizhang.yaml take effect with the next intake; while the file is\n" +
			"wrong nothing is taken in and the published figures stay.\n" +
			"It shows the zone's page at --listen, to this computer alone unless an address of the network is given; then there must\n" +
			"be users (taizhang user add), and it is served over TLS, with the given certificate or one made here.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			z, err := a.zone()
			if err != nil {
				return err
			}
			return a.owned(z, "serve", func(owner *warehouse.Owner) error {
				return a.serve(cmd.Context(), z, owner, o)
			})
		},
	}
	c.Flags().StringVar(&o.listen, "listen", pageAddress, "where the page is shown; off: nowhere")
	c.Flags().BoolVar(&o.open, "open", false, "show the page in this computer's browser")
	c.Flags().StringVar(&o.cert, "tls-cert", "", "certificate file (PEM) of the page")
	c.Flags().StringVar(&o.key, "tls-key", "", "key file (PEM) of the certificate")
	return c
}

// server runs a zone on schedule; one job at a time.
type server struct {
	app   *app
	mu    sync.Mutex // held by the job at work
	zone  *office.Zone
	token string
}

func (a *app) serve(ctx context.Context, z *office.Zone, owner *warehouse.Owner, o pageOptions) error {
	secret := make([]byte, 16)
	if _, err := rand.Read(secret); err != nil {
		return err
	}
	s := &server{app: a, zone: z, token: hex.EncodeToString(secret)}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen on the loopback address: %w", err)
	}
	srv := &http.Server{Handler: s.handler(ctx), ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(listener) }()
	if err := owner.Serve(listener.Addr().String(), s.token); err != nil {
		return err
	}
	shown, err := s.showPage(o)
	if err != nil {
		return err
	}
	err = s.work(ctx, failed)
	if e := shown.close(); err == nil && e != nil {
		err = fmt.Errorf("end the page: %w", e)
	}
	stop, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if e := srv.Shutdown(stop); err == nil && e != nil {
		err = fmt.Errorf("stop serving: %w", e)
	}
	s.mu.Lock() // a job that is under way ends first
	defer s.mu.Unlock()
	a.say("Stopped.")
	return err
}

// handle does work handed over by a run beside this process.
func (s *server) handle(ctx context.Context, req request) summaryOfRun {
	out, err := s.run(ctx, req)
	sum := summarise(out)
	if err != nil {
		sum.Error, sum.Code = err.Error(), exitCode(err)
	}
	return sum
}

// run takes in and publishes, by the declarations as they now stand.
func (s *server) run(ctx context.Context, req request) (*office.Outcome, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	z, err := office.Load(s.zone.Dir)
	if err != nil {
		return nil, usageError{err}
	}
	s.zone = z
	var at time.Time
	if req.ReceivedAt != "" {
		if at, err = parseTime(req.ReceivedAt, z.Location); err != nil {
			return nil, usagef("--received-at %v", err)
		}
		if at.After(s.app.now()) {
			return nil, usagef("--received-at %s lies in the future: nothing can have been received then", req.ReceivedAt)
		}
	}
	return z.Run(ctx, office.Options{ReceivedAt: at, Clock: s.app.now, ClockOK: req.ClockOK, Pause: sleep, Log: s.app.log()})
}

// current is the zone as it was last loaded.
func (s *server) current() *office.Zone {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.zone
}
