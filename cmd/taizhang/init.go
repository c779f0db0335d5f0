package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
	"taizhang/internal/calendar"
	"taizhang/internal/durable"
	"taizhang/internal/lang"
	"taizhang/internal/zone"
)

func (a *app) initCmd() *cobra.Command {
	var name string
	c := &cobra.Command{
		Use:   "init DIR",
		Short: lang.Phrase("Make an empty zone: a commented taizhang.yaml and its folders", "新建园区：带注释的 taizhang.yaml 和各文件夹"),
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := args[0]
			config := filepath.Join(dir, zone.FileName)
			if err := folderFor(dir); err != nil {
				return err
			}
			if _, err := os.Stat(config); err == nil {
				return usagef("%s exists already", "%s 已存在", config)
			} else if !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			if err := durable.MkdirAll(dir, 0o755); err != nil {
				return err
			}
			if name == "" {
				abs, err := filepath.Abs(dir)
				if err != nil {
					return err
				}
				name = filepath.Base(abs)
			}
			if err := durable.WriteBytes(config, 0o644, sample(name, calendar.Of(a.now()))); err != nil {
				return err
			}
			z, err := office.Load(dir)
			if err != nil {
				return err
			}
			if err := z.EnsureFolders(); err != nil {
				return err
			}
			a.tell("Zone %s is ready in %s.", "园区“%s”已在 %s 建好。", z.Name, dir)
			a.tell("Next: list your units in %s, drop returns into %s, then run: taizhang run --zone %s", "下一步：在 %s 中写好填报单位，把报表放入 %s，然后执行：taizhang run --zone %s", config, z.Inbox(), office.Typed(dir))
			fmt.Fprintln(a.out, dir)
			return nil
		},
	}
	c.Flags().StringVar(&name, "name", "", lang.Phrase("name of the zone (default: the folder's)", "园区名称（默认：文件夹名）"))
	return c
}

// folderFor refuses a file where a zone's folder is to be.
func folderFor(dir string) error {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return usagef("%s is a file, not a folder", "%s 是文件，不是文件夹", dir)
	}
	return nil
}

// sample is the configuration of a new zone. Who makes it in Chinese goes on in Chinese, also where the system starts
// serve in no language at all.
func sample(name string, on calendar.Date) []byte {
	if lang.Spoken() == lang.Chinese {
		return zone.SampleInChinese(name, on)
	}
	return zone.Sample(name, on)
}
