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
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

func (a *app) serveCmd() *cobra.Command {
	var once bool
	var shown pageOptions
	c := &cobra.Command{
		Use:   "serve",
		Short: lang.Phrase("Keep running: take in returns, publish, issue the weekly, remind, on schedule", "持续运行：按计划接收报表、发布、印发周报、催报"),
		Long: lang.Phrase("Keeps running until interrupted. Returns are taken in within seconds of being dropped and, for folders that can't\n"+
			"be watched, every minute; the figures are published anew each day; the weekly is issued after the last due time of the\n"+
			"week and mailed where mail: is configured; units that owe something are reminded. schedule: in taizhang.yaml says\n"+
			"otherwise, and `taizhang jobs` shows what was done and what comes next. What was missed while the computer was off is\n"+
			"made up for. A run, decision, rebuild, erase, summary or models run beside it hands its work over. Changes to\n"+
			"taizhang.yaml take effect at once; while the file is wrong nothing is taken in and the published figures stay.\n"+
			"What somebody has to do something about stands in 告警.txt, in `taizhang status`, and goes to the office by mail.\n"+
			"It shows the zone's page at --listen, to this computer alone unless an address of the network is given; then there must\n"+
			"be users (taizhang user add), and it is served over TLS, with the given certificate or one made here.\n"+
			"For an empty folder the page asks what a zone needs and makes it there.",
			"持续运行，直到被中止。报表放入后几秒内即接收（无法监视的文件夹每分钟查看一次）；\n"+
				"数字每天重新发布；周报在一周最后的报送期限之后印发，配置了 mail: 的同时发邮件；\n"+
				"对有应报未报的单位催报。时间可在 taizhang.yaml 的 schedule: 中另定，做过什么、下次何时做\n"+
				"见 taizhang jobs。关机期间错过的，开机后补做。运行中另外执行的 run、决定、rebuild、erase、\n"+
				"summary、models run 交给本服务处理。taizhang.yaml 改动后立即生效；文件有错时不接收报表，\n"+
				"已发布的数字不变。需要处理的事项写入 告警.txt，在 taizhang status 中显示，并发邮件给办公室。\n"+
				"本区的网页在 --listen 指定的地址显示，不另指定时只限本机；指定网络地址时，须先建用户\n"+
				"（taizhang user add），并以加密方式（TLS）提供，证书可自备，也可由程序生成。\n"+
				"文件夹为空时，网页先问几个问题，在其中建好台账。"),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if shown.listen != "off" && !once {
				begun, err := a.beginPage(cmd.Context(), shown)
				if err != nil {
					return err
				}
				shown.begun = begun
			}
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
					begun := err == nil
					if begun {
						err = s.Serve(ctx, owner, once)
					}
					err = errors.Join(err, p.close(), s.Close())
					if begun {
						a.tell("Stopped.", "已停止。")
					}
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
			if err = serve(cmd.Context()); shown.open && !once && a.openRunning(cmd.Context(), err) {
				return nil
			}
			return err
		},
	}
	c.Flags().BoolVar(&once, "once", false, lang.Phrase("do what is due now, then end", "只做现在到期的任务，然后结束"))
	c.Flags().StringVar(&shown.listen, "listen", pageAddress, lang.Phrase("where the page is shown; off: nowhere", "网页的地址；off：不显示网页"))
	c.Flags().BoolVar(&shown.open, "open", false, lang.Phrase("show the page in this computer's browser, also that of a serve that is at work already", "在本机浏览器中打开网页；服务已在运行的，打开它的网页"))
	c.Flags().StringVar(&shown.proxyHeader, "proxy-header", "", lang.Phrase("header in which a reverse proxy names the user who has logged in there, such as X-Remote-User", "反向代理用来指明已登录用户的请求头，如 X-Remote-User"))
	c.Flags().StringSliceVar(&shown.proxyFrom, "proxy-from", nil, lang.Phrase("addresses or networks of the reverse proxies: from others the header counts for nothing", "反向代理的地址或网段；其他地址发来的该请求头不算数"))
	c.Flags().StringVar(&shown.cert, "tls-cert", "", lang.Phrase("certificate file (PEM) of the page", "网页的证书文件（PEM）"))
	c.Flags().StringVar(&shown.key, "tls-key", "", lang.Phrase("key file (PEM) of the certificate", "证书的私钥文件（PEM）"))
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
		err = usagef("serve doesn't take over %s", "服务不代为执行 %s", pathOf(cmd))
	}
	if err == nil && !service.SameFolder(h.Zone, z.Dir) {
		err = usagef("serve is at work in %s, not in %s", "服务运行在 %s，不在 %s", z.Dir, h.Zone)
	}
	if err != nil {
		return service.Said{Code: b.exit(err), Err: log.String()}
	}
	root.SetArgs(append([]string{"--zone=" + h.Zone}, h.Line...))
	return service.Said{Code: b.exit(b.finish(root.ExecuteContext(ctx))), Out: out.Bytes(), Err: log.String()}
}
