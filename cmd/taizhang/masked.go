package main

import (
	"io"

	"taizhang/ingest/secret"
)

// masked hides the numbers of persons in what is said to the operator: names of files, errors that quote them, the log.
type masked struct{ to io.Writer }

func (m masked) Write(p []byte) (int, error) {
	if text := string(p); secret.MaskText(text) != text {
		if _, err := io.WriteString(m.to, secret.MaskText(text)); err != nil {
			return 0, err
		}
		return len(p), nil
	}
	return m.to.Write(p)
}
