package main

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/service"
	"taizhang/internal/warehouse"
)

func (a *app) serveCmd() *cobra.Command {
	var once bool
	var shown pageOptions
	c := &cobra.Command{
		Use:   "serve",
		Short: "Keep running: take in returns, publish, issue the weekly, remind, on schedule",
		Long: "Keeps running until interrupted. Returns are taken in within seconds of being dropped and, for folders that can't\n" +
			"be watched, every minute; the figures are published anew each day; the weekly is issued after the last due time of the\n" +
			"week and mailed where mail: is configured; units that owe something are reminded. schedule: in taizhang.yaml says\n" +
			"otherwise, and `taizhang jobs` shows what was done and what comes next. What was missed while the computer was off is\n" +
			"made up for. A run, decision, rebuild, erase, summary or models run beside it hands its work over. Changes to\n" +
			"taizhang.yaml take effect at once; while the file is wrong nothing is taken in and the published figures stay.\n" +
			"What somebody has to do something about stands in 告警.txt, in `taizhang status`, and goes to the office by mail.\n" +
			"It shows the zone's page at --listen, to this computer alone unless an address of the network is given; then there must\n" +
			"be users (taizhang user add), and it is served over TLS, with the given certificate or one made here.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			z, err := a.zone()
			if err != nil {
				return err
			}
			serve := func(ctx context.Context) error {
				return a.owned(z, "serve", func(owner *warehouse.Owner) error {
					s, err := service.New(ctx, z, a.serviceOptions())
					if err != nil {
						return err
					}
					var p *page
					if !once {
						p, err = a.showPage(s, shown)
					}
					if err == nil {
						err = s.Serve(ctx, owner, once)
					}
					err = errors.Join(err, p.close(), s.Close())
					a.say("Stopped.")
					return err
				})
			}
			bySystem, err := servedBySystem(z, func(stop <-chan struct{}) error {
				ctx, cancel := context.WithCancel(cmd.Context())
				defer cancel()
				go func() { <-stop; cancel() }()
				return serve(ctx)
			})
			if bySystem {
				return err
			}
			return serve(cmd.Context())
		},
	}
	c.Flags().BoolVar(&once, "once", false, "do what is due now, then end")
	c.Flags().StringVar(&shown.listen, "listen", pageAddress, "where the page is shown; off: nowhere")
	c.Flags().BoolVar(&shown.open, "open", false, "show the page in this computer's browser")
	c.Flags().StringVar(&shown.cert, "tls-cert", "", "certificate file (PEM) of the page")
	c.Flags().StringVar(&shown.key, "tls-key", "", "key file (PEM) of the certificate")
	return c
}

// serviceOptions are how this process serves a zone, or does one of its jobs.
func (a *app) serviceOptions() service.Options {
	return service.Options{
		Clock: a.now, Pause: sleep, Log: a.log(), Version: version, Code: exitCode,
		Say: func(text string) { a.say("%s", text) },
		Told: func(z *office.Zone, o *office.Outcome) {
			_ = a.printRun(z, service.Summarise(o)) // rejected returns are no fault of the run
		},
		Command: a.carryOut,
	}
}

// carryOut does a command that was handed over.
func (a *app) carryOut(ctx context.Context, z *office.Zone, h service.Handed) service.Said {
	var out, log bytes.Buffer
	b := &app{in: strings.NewReader(""), out: &out, err: &log, now: a.now, served: true}
	root := b.root()
	cmd, _, err := root.Find(h.Line)
	if err == nil && !slices.Contains(handedOver, pathOf(cmd)) {
		err = usagef("serve doesn't take over %s", pathOf(cmd))
	}
	if err == nil && !service.SameFolder(h.Zone, z.Dir) {
		err = usagef("serve is at work in %s, not in %s", z.Dir, h.Zone)
	}
	if err != nil {
		return service.Said{Code: b.exit(err), Err: log.String()}
	}
	root.SetArgs(append([]string{"--zone=" + h.Zone}, h.Line...))
	root.SetIn(b.in)
	root.SetOut(&out)
	root.SetErr(&log)
	return service.Said{Code: b.exit(b.finish(root.ExecuteContext(ctx))), Out: out.Bytes(), Err: log.String()}
}
