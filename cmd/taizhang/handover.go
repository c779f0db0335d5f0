package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"syscall"
	"time"

	"taizhang/internal/pipeline"
	"taizhang/internal/warehouse"
)

// request is work that a second command hands over to a running serve.
type request struct {
	ReceivedAt string `json:"received_at,omitempty"`
	ClockOK    bool   `json:"clock_ok,omitempty"`
}

// ownedOrHandedOver runs own as the zone's owner; where a serve owns the zone, the work is handed over to it. A serve
// that has only just started, or is just ending, is waited for.
func (a *app) ownedOrHandedOver(ctx context.Context, z *pipeline.Zone, req request, own func() (summaryOfRun, error)) (summaryOfRun, error) {
	for tries := 0; ; tries++ {
		var s summaryOfRun
		err := a.owned(z, "run", func(*warehouse.Owner) (err error) {
			s, err = own()
			return err
		})
		var held *warehouse.HeldError
		if !errors.As(err, &held) || held.Command != "serve" {
			return s, err
		}
		if held.Address != "" {
			if s, err = handOver(ctx, held, req); !errors.Is(err, syscall.ECONNREFUSED) {
				return s, err
			}
		}
		if tries >= 50 {
			return s, err
		}
		select {
		case <-ctx.Done():
			return s, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// handOver asks a running serve to run, and waits for the result.
func handOver(ctx context.Context, held *warehouse.HeldError, work request) (summaryOfRun, error) {
	var s summaryOfRun
	to := func(err error) error { return fmt.Errorf("hand over to serve (process %d): %w", held.PID, err) }
	body, err := json.Marshal(work)
	if err != nil {
		return s, to(err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+held.Address+"/run", bytes.NewReader(body))
	if err != nil {
		return s, to(err)
	}
	req.Header.Set("Authorization", "Bearer "+held.Token)
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // this machine's own: never through a proxy
	resp, err := client.Do(req)
	if err != nil {
		return s, to(errors.Join(err, held))
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 64<<20))
	if err != nil {
		return s, to(err)
	}
	if resp.StatusCode != http.StatusOK {
		return s, to(fmt.Errorf("%s: %s", resp.Status, bytes.TrimSpace(text)))
	}
	if err := json.Unmarshal(text, &s); err != nil {
		return s, to(err)
	}
	if s.Error != "" {
		err = errors.New(s.Error)
		if s.Code == exitUsage {
			err = usageError{err}
		}
		return s, err
	}
	return s, nil
}
