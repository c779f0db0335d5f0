package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"taizhang/internal/warehouse"
)

// request is work that a second command hands over to a running serve.
type request struct {
	ReceivedAt string `json:"received_at,omitempty"`
}

// heldByServe says whether the zone's owner is a serve that takes work over.
func heldByServe(err error) (*warehouse.HeldError, bool) {
	var held *warehouse.HeldError
	if errors.As(err, &held) && held.Address != "" {
		return held, true
	}
	return nil, false
}

// handOver asks a running serve to run, and waits for the result.
func handOver(ctx context.Context, held *warehouse.HeldError, receivedAt string) (summaryOfRun, error) {
	var s summaryOfRun
	body, err := json.Marshal(request{ReceivedAt: receivedAt})
	if err != nil {
		return s, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+held.Address+"/run", bytes.NewReader(body))
	if err != nil {
		return s, err
	}
	req.Header.Set("Authorization", "Bearer "+held.Token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return s, fmt.Errorf("hand over to serve (process %d): %w: %w", held.PID, err, held)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 64<<20))
	if err != nil {
		return s, fmt.Errorf("hand over to serve (process %d): %w", held.PID, err)
	}
	if resp.StatusCode != http.StatusOK {
		return s, fmt.Errorf("hand over to serve (process %d): %s: %s", held.PID, resp.Status, bytes.TrimSpace(text))
	}
	if err := json.Unmarshal(text, &s); err != nil {
		return s, fmt.Errorf("hand over to serve (process %d): %w", held.PID, err)
	}
	if s.Error != "" {
		return s, errors.New(s.Error)
	}
	return s, nil
}
