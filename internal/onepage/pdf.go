package onepage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// ErrNoConverter says that no program that could make the PDF was found.
var ErrNoConverter = errors.New("no program found that makes PDFs")

// converterTimeout is how long a converter may take where the context sets no deadline.
const converterTimeout = 60 * time.Second

// Browsers are looked for in this order; all print with the engine of Chromium.
// Edge is part of every Windows since 10, and 统信 and 麒麟 bring one of the others.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
	"microsoft-edge", "microsoft-edge-stable", "msedge", "uos-browser", "browser360-cn", "qaxbrowser"}

var offices = []string{"soffice", "libreoffice"}

// PDF prints the page with a browser of the Chromium family, else it fails with
// ErrNoConverter. LibreOffice is no substitute: it knows neither grids nor SVG
// within HTML. The browser gets a profile of its own, no network and so long.
func (p Page) PDF(ctx context.Context, w io.Writer) error {
	program := find(browsers, installed("chrome", "msedge"))
	if program == "" {
		return fmt.Errorf("print page %q: %w (looked for %s)", p.Title, ErrNoConverter, strings.Join(browsers, ", "))
	}
	return convert(ctx, program, w, func(dir string) ([]string, string, error) {
		page, pdf := filepath.Join(dir, "page.html"), filepath.Join(dir, "page.pdf")
		var text bytes.Buffer
		if err := p.Write(&text); err != nil {
			return nil, "", err
		}
		if err := os.WriteFile(page, text.Bytes(), 0o600); err != nil {
			return nil, "", err
		}
		args := []string{"--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-extensions",
			"--disable-sync", "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
			"--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir=" + filepath.Join(dir, "profile"),
			"--no-pdf-header-footer", "--print-to-pdf-no-header", "--print-to-pdf=" + pdf, fileURL(page)}
		if os.Geteuid() == 0 {
			args = append([]string{"--no-sandbox"}, args...) // Chromium's sandbox refuses root
		}
		return args, pdf, nil
	})
}

// OfficePDF makes a PDF of a .docx or .xlsx file with LibreOffice, else it fails
// with ErrNoConverter.
func OfficePDF(ctx context.Context, file string, w io.Writer) error {
	program := find(offices, installed("soffice"))
	if program == "" {
		return fmt.Errorf("convert %s: %w (looked for %s)", file, ErrNoConverter, strings.Join(offices, ", "))
	}
	return convert(ctx, program, w, func(dir string) ([]string, string, error) {
		// Under a plain name: what the file is called must not matter to the program.
		copied := filepath.Join(dir, "in"+strings.ToLower(filepath.Ext(file)))
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, "", err
		}
		if err := os.WriteFile(copied, text, 0o600); err != nil {
			return nil, "", err
		}
		return []string{"-env:UserInstallation=" + fileURL(filepath.Join(dir, "profile")), "--headless", "--norestore", "--nolockcheck",
			"--convert-to", "pdf", "--outdir", dir, copied}, filepath.Join(dir, "in.pdf"), nil
	})
}

// convert runs a program in a directory of its own and copies the PDF it leaves.
func convert(ctx context.Context, program string, w io.Writer, prepare func(dir string) (args []string, pdf string, err error)) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("make a PDF with %s: %w", program, err)
		}
	}()
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, converterTimeout)
		defer cancel()
	}
	dir, err := os.MkdirTemp("", "taizhang-pdf-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	args, pdf, err := prepare(dir)
	if err != nil {
		return err
	}
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stdout, cmd.Stderr, cmd.Dir = &said, &said, dir
	cmd.Env = append(os.Environ(), "HOME="+dir, "TMPDIR="+dir)
	cmd.WaitDelay = 2 * time.Second
	withChildren(cmd)
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%w: %s", err, lastLine(said.String()))
	}
	text, err := os.ReadFile(pdf)
	if err != nil || !bytes.HasPrefix(text, []byte("%PDF-")) {
		return fmt.Errorf("it left no PDF: %s", lastLine(said.String()))
	}
	_, err = w.Write(text)
	return err
}

// find returns the first program there is.
func find(names, places []string) string {
	for _, n := range names {
		if p, err := exec.LookPath(n); err == nil {
			return p
		}
	}
	for _, p := range places {
		if info, err := os.Stat(p); err == nil && info.Mode().IsRegular() {
			return p
		}
	}
	return ""
}

// installed are the places where programs stand that are not in the search path.
func installed(names ...string) (places []string) {
	on := map[string]map[string][]string{
		"windows": {"chrome": {`Google\Chrome\Application\chrome.exe`}, "msedge": {`Microsoft\Edge\Application\msedge.exe`}, "soffice": {`LibreOffice\program\soffice.exe`}},
		"darwin": {"chrome": {"Google Chrome.app/Contents/MacOS/Google Chrome", "Chromium.app/Contents/MacOS/Chromium"},
			"msedge": {"Microsoft Edge.app/Contents/MacOS/Microsoft Edge"}, "soffice": {"LibreOffice.app/Contents/MacOS/soffice"}},
	}[runtime.GOOS]
	roots := []string{"/Applications"}
	if runtime.GOOS == "windows" {
		roots = []string{os.Getenv("ProgramFiles"), os.Getenv("ProgramFiles(x86)"), os.Getenv("LocalAppData")}
	}
	for _, name := range names {
		for _, root := range roots {
			for _, p := range on[name] {
				if root != "" {
					places = append(places, filepath.Join(root, p))
				}
			}
		}
	}
	return places
}

func fileURL(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/…
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

func lastLine(s string) string {
	all := strings.Split(strings.TrimSpace(s), "\n")
	return strings.TrimSpace(all[len(all)-1])
}
