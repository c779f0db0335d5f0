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
	"taizhang/internal/zone"
)

func (a *app) initCmd() *cobra.Command {
	var name string
	c := &cobra.Command{
		Use:   "init DIR",
		Short: "Make an empty zone: a commented taizhang.yaml and its folders",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := args[0]
			config := filepath.Join(dir, zone.FileName)
			if _, err := os.Stat(config); err == nil {
				return usagef("%s exists already", config)
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
			if err := durable.WriteBytes(config, 0o644, zone.Sample(name, calendar.Of(a.now()))); err != nil {
				return err
			}
			z, err := office.Load(dir)
			if err != nil {
				return err
			}
			if err := z.EnsureFolders(); err != nil {
				return err
			}
			a.say("Zone %s is ready in %s.", z.Name, dir)
			a.say("Next: list your units in %s, drop returns into %s, then run: taizhang run --zone %s", config, z.Inbox(), dir)
			fmt.Fprintln(a.out, dir)
			return nil
		},
	}
	c.Flags().StringVar(&name, "name", "", "name of the zone (default: the folder's)")
	return c
}
