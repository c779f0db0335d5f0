package onepage

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
)

// fakeBrowser puts a shell script into the search path under the name of a browser.
func fakeBrowser(t *testing.T, script string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell")
	}
	dir := t.TempDir()
	if script != "" {
		if err := os.WriteFile(filepath.Join(dir, "chromium"), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
}

func TestNoConverter(t *testing.T) {
	fakeBrowser(t, "")
	if err := samplePage().PDF(t.Context(), &bytes.Buffer{}); !errors.Is(err, ErrNoConverter) {
		t.Errorf("page: %v", err)
	}
	if err := OfficePDF(t.Context(), "a.docx", &bytes.Buffer{}); !errors.Is(err, ErrNoConverter) {
		t.Errorf("office: %v", err)
	}
}

func TestConverterThatHangs(t *testing.T) {
	fakeBrowser(t, "/bin/sleep 30 & /bin/sleep 30\n")
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	if err := samplePage().PDF(ctx, &bytes.Buffer{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("it took %s", d)
	}
}

func TestConverterThatFails(t *testing.T) {
	for script, want := range map[string]string{
		"echo first; echo 'no display' >&2; exit 3\n": "no display",
		"exit 0\n": "left no PDF",
	} {
		fakeBrowser(t, script)
		var out bytes.Buffer
		if err := samplePage().PDF(t.Context(), &out); err == nil || !strings.Contains(err.Error(), want) || out.Len() > 0 {
			t.Errorf("%q: got %v and %d bytes", script, err, out.Len())
		}
	}
}

// TestOnePage prints with the browser there is.
func TestOnePage(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	for _, name := range []string{"一页通", "周报", "周报长", "周报多", "多"} {
		var out bytes.Buffer
		err := samples()[name].PDF(t.Context(), &out)
		if errors.Is(err, ErrNoConverter) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		if n := len(regexp.MustCompile(`/Type\s*/Page\b[^s]`).FindAll(out.Bytes(), -1)); n != 1 {
			t.Errorf("%s has %d pages", name, n)
		}
	}
}
