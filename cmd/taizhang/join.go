package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
	"taizhang/internal/lang"
	"taizhang/internal/result"
	"taizhang/internal/zone"
)

func (a *app) joinCmd() *cobra.Command {
	var to, name, code string
	var full bool
	c := &cobra.Command{
		Use:   "join DIR… --to ZONE",
		Short: lang.Phrase("Join what several zones exported into one warehouse, and publish", "把多个园区的导出汇集到一个数据库并发布"),
		Long: lang.Phrase("Takes the exports (taizhang export) that lie in the folders into ZONE, a folder of its own that is made where it is\n"+
			"missing (--name, --code), builds the models over all of them and publishes. All reading commands answer from ZONE as\n"+
			"from any zone: metrics --by zone, trace, status, sql, summary, the page. Numbers of returns begin with the zone's code\n"+
			"there (xt:000123-1), names of units with the zone's name.\n\n"+
			"A zone that is late or damaged keeps nobody up: what it handed over before goes on counting, status says so, and the\n"+
			"command names it (exit code 1). Without DIR: the folders of the last time.",
			"把各文件夹中的导出（taizhang export）汇集到指定的园区文件夹（没有时新建，--name、--code），\n"+
				"在全部数据上构建模型并发布。各查询命令照常使用：metrics --by zone、trace、status、sql、\n"+
				"summary、网页。报送编号前加园区代码（xt:000123-1），单位名称前加园区名称。\n"+
				"\n"+
				"园区没有按时导出或导出损坏，不影响其他园区：按它原有的数据统计，status 中说明，\n"+
				"命令结束时列出（退出码1）。不写文件夹时用上次的文件夹。"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if to == "" {
				return usageError{lang.Say("--to is missing: the folder in which the zones are joined", "缺 --to：汇集各园区的文件夹")}
			}
			if _, err := os.Stat(filepath.Join(to, zone.FileName)); errors.Is(err, fs.ErrNotExist) {
				if name == "" || code == "" || len(args) == 0 {
					return usageError{lang.Say("%s is no zone yet: say what it is called (--name 湘潭市 --code xiangtan) and which folders to join", "%s 还不是园区：请写明名称（--name 湘潭市 --code xiangtan）和要汇集的文件夹", to)}
				}
				if err := office.InitJoined(to, name, code); err != nil {
					return usageError{err}
				}
			} else if name != "" || code != "" {
				return usageError{lang.Say("%s is there already: its name and code stand in %s", "%s 已存在：名称和代码写在 %s 中", to, zone.FileName)}
			}
			a.zoneDir = to
			z, err := a.zone()
			if err != nil {
				return err
			}
			return a.ownedHere(cmd, z, args, nil, func() error {
				m := a.meter()
				r, err := z.Join(cmd.Context(), args, office.Options{Clock: a.now, Log: a.log(), Rebuild: full, Progress: m.report})
				m.end()
				if r == nil {
					return err
				}
				for _, w := range r.Warnings {
					a.tell("check: %s", "请核实：%s", w)
				}
				records := []result.Record{}
				for _, j := range r.Zones {
					records = append(records, joinedRecord(j))
				}
				if e := a.print(records, "zone", "name", "state", "as_of", "known_at", "rows", "reason"); e != nil {
					return e
				}
				if r.Published {
					a.tell("Published: %s", "已发布：%s", z.PublishedFile())
				} else {
					a.tell("Nothing new; the published figures hold.", "没有新内容；已发布的数字不变。")
				}
				return err
			})
		},
	}
	a.outputFlag(c)
	c.Flags().StringVar(&to, "to", "", lang.Phrase("folder in which the zones are joined", "汇集各园区的文件夹"))
	c.Flags().StringVar(&name, "name", "", lang.Phrase("of a new folder: what it is called, such as 湘潭市", "新建时：名称，如 湘潭市"))
	c.Flags().StringVar(&code, "code", "", lang.Phrase("of a new folder: its code, such as xiangtan", "新建时：代码，如 xiangtan"))
	c.Flags().BoolVar(&full, "full", false, lang.Phrase("build everything anew and publish, whether it changed or not", "不论是否有变化，全部重新构建并发布"))
	return c
}

func joinedRecord(j office.Joined) result.Record {
	text := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	return result.Record{{Key: "zone", Value: j.Zone}, {Key: "name", Value: text(j.Name)}, {Key: "state", Value: string(j.State)}, {Key: "reason", Value: text(j.Reason)}, {Key: "as_of", Value: text(j.AsOf)},
		{Key: "known_at", Value: text(j.KnownAt)}, {Key: "exported_at", Value: text(j.ExportedAt)}, {Key: "rows", Value: j.Rows}, {Key: "dir", Value: text(j.Dir)}}
}

// sayJoined names the zones of a joined zone that are late, or whose exports couldn't be used.
func (a *app) sayJoined(z *office.Zone) error {
	list, err := z.JoinedZones()
	if err != nil {
		return err
	}
	for _, j := range list {
		if j.Reason != "" {
			a.say("%s", lang.Say("zone %s %s: %s", "园区 %s %s：%s", j.Zone, j.Name, fmt.Sprint(j.Reason)))
		}
	}
	return nil
}
