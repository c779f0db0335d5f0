package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/service"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// handedOver are the commands that serve carries out for those who ask beside it.
var handedOver = []string{"rebuild", "erase", "summary", "models run", "models rollback", "returns accept", "returns withdraw", "returns clear",
	"returns waive", "returns undo", "returns undo clear", "returns undo waive"}

// codeError ends a command that has said everything already.
type codeError int

func (e codeError) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// ownedOrHandedOver runs own as the zone's owner; where a serve owns the zone, the work is handed over to it.
func (a *app) ownedOrHandedOver(ctx context.Context, z *office.Zone, req service.Request, own func() (service.RunResult, error)) (s service.RunResult, err error) {
	err = a.besideServe(ctx, z, "run", func(*warehouse.Owner) (err error) {
		s, err = own()
		return err
	}, func(held *warehouse.HeldError) error {
		if err := handOver(ctx, held, service.RunPath, req, &s); err != nil {
			return err
		}
		if s.Error == "" {
			return nil
		}
		err := errors.New(s.Error)
		if s.Code == exitUsage {
			err = usageError{err}
		}
		return err
	})
	return s, err
}

// ownedHere carries a command out as the zone's owner; beside a serve the whole command is handed over to it, and what
// it said there is said here. What flags give in place of those on the command line stands in instead.
func (a *app) ownedHere(cmd *cobra.Command, z *office.Zone, args []string, instead map[string]string, own func() error) error {
	if a.served {
		return own()
	}
	return a.besideServe(cmd.Context(), z, pathOf(cmd), func(*warehouse.Owner) error { return own() }, func(held *warehouse.HeldError) error {
		return a.handCommandOver(cmd, held, args, instead)
	})
}

// here is ownedHere for a command that needs no owner, so that it waits for nobody, but doesn't work at the same files as
// a serve.
func (a *app) here(cmd *cobra.Command, z *office.Zone, args []string, instead map[string]string, own func() error) error {
	if held := warehouse.Serving(z.Dir); held != nil && !a.served && !a.onTrino(z) { // a serve has the zone's own files only
		if err := a.handCommandOver(cmd, held, args, instead); !isRefused(err) {
			return err
		}
	}
	return own()
}

// issuedByServe lets a serve issue what is then sent from here, where the password may be. What goes wrong with it goes
// wrong here again, and is said then.
func (a *app) issuedByServe(cmd *cobra.Command, z *office.Zone, args []string) {
	out, log := a.out, a.err
	a.out, a.err = io.Discard, io.Discard
	_ = a.here(cmd, z, args, map[string]string{"mail": "false", "again": "false"}, func() error { return nil })
	a.out, a.err = out, log
}

func (a *app) handCommandOver(cmd *cobra.Command, held *warehouse.HeldError, args []string, instead map[string]string) error {
	if err := a.checkTerminal(); err != nil {
		return err
	}
	line, err := commandLine(cmd, args, instead)
	if err != nil {
		return err
	}
	if line.Zone, err = filepath.Abs(a.zoneDir); err != nil {
		return err
	}
	var s service.Said
	if err := handOver(cmd.Context(), held, service.CommandPath, line, &s); err != nil {
		return err
	}
	if _, err := io.WriteString(a.err, s.Err); err != nil {
		return err
	}
	if _, err := a.out.Write(s.Out); err != nil {
		return err
	}
	if s.Code != exitDone {
		return codeError(s.Code)
	}
	return nil
}

// commandLine is a command as it was parsed, for a process in another folder.
func commandLine(cmd *cobra.Command, args []string, instead map[string]string) (line service.Handed, err error) {
	line.Line, line.Asker = strings.Fields(pathOf(cmd)), service.Asks()
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		value, given := instead[f.Name]
		if !given {
			value = f.Value.String()
		}
		switch {
		case f.Name == "zone" || f.Name == "cpuprofile" || !given && !f.Changed || err != nil:
			return
		case f.Name == "output":
			value, err = filepath.Abs(value)
		}
		line.Line = append(line.Line, "--"+f.Name+"="+value)
	})
	line.Line = append(append(line.Line, "--"), args...)
	return line, err
}

// besideServe runs own as the zone's owner, or hands its work over to the serve that owns it. A serve that has only
// just started, or is just ending, is waited for.
func (a *app) besideServe(ctx context.Context, z *office.Zone, command string, own func(*warehouse.Owner) error, over func(*warehouse.HeldError) error) error {
	for tries := 0; ; tries++ {
		err := a.owned(z, command, own)
		var held *warehouse.HeldError
		if !errors.As(err, &held) || held.Command != "serve" {
			return err
		}
		if held.Address != "" {
			if err = over(held); !isRefused(err) {
				return err
			}
		}
		if tries >= 50 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// handOver asks a running serve to do work, and waits for the result.
func handOver(ctx context.Context, held *warehouse.HeldError, path string, work, result any) error {
	to := func(err error) error {
		return lang.Errorf("hand over to serve (process %d): %w", "交给运行中的服务（进程%d）：%w", held.PID, err)
	}
	body, err := json.Marshal(work)
	if err != nil {
		return to(err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+held.Address+path, bytes.NewReader(body))
	if err != nil {
		return to(err)
	}
	req.Header.Set("Authorization", "Bearer "+held.Token)
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // this machine's own: never through a proxy
	resp, err := client.Do(req)
	if err != nil {
		return to(errors.Join(err, held))
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 64<<20))
	if err != nil {
		return to(err)
	}
	if resp.StatusCode != http.StatusOK {
		return to(fmt.Errorf("%s: %s", resp.Status, bytes.TrimSpace(text)))
	}
	if err := json.Unmarshal(text, result); err != nil {
		return to(err)
	}
	return nil
}
