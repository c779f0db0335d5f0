// Command editor makes ../frame/assets/editor.js, the SQL editor of the page, of
// editor.js and CodeMirror: the packages that package-lock.json names, each with
// its checksum, bundled by esbuild. Their licences go beside it. Without npm it
// leaves the bundle as it is: it is committed, nobody needs npm to build or to
// test.
//
// The bundle's first line has the checksum of what it was made of, so that a
// test can tell when it was forgotten.
package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"taizhang/internal/durable"
)

//go:generate go run .

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "editor:", err)
		os.Exit(1)
	}
}

func run() error {
	npm, err := exec.LookPath("npm")
	if err != nil {
		fmt.Println("editor: npm is missing, the bundle stays as it is")
		return nil
	}
	dir, err := os.MkdirTemp("", "taizhang-editor-")
	if err != nil {
		return err
	}
	err = bundle(npm, dir)
	return errors.Join(err, os.RemoveAll(dir))
}

func bundle(npm, dir string) error {
	for _, name := range []string{"editor.js", "package.json", "package-lock.json"} {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if err := durable.WriteBytes(filepath.Join(dir, name), 0o644, text); err != nil {
			return err
		}
	}
	install := exec.Command(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	install.Dir, install.Stdout, install.Stderr = dir, os.Stderr, os.Stderr
	if err := install.Run(); err != nil {
		return fmt.Errorf("install the packages: %w", err)
	}
	mark, err := markOf(".")
	if err != nil {
		return err
	}
	made := api.Build(api.BuildOptions{AbsWorkingDir: dir, EntryPoints: []string{"editor.js"}, Bundle: true, MinifySyntax: true, MinifyWhitespace: true, MinifyIdentifiers: true,
		Target: api.ES2020, Engines: []api.Engine{{Name: api.EngineChrome, Version: "86"}}, Format: api.FormatIIFE, Charset: api.CharsetUTF8, LegalComments: api.LegalCommentsNone,
		Banner: map[string]string{"js": "/* " + mark + " CodeMirror and its packages, MIT, see editor.LICENSES.txt */"}})
	if len(made.Errors) > 0 {
		return errors.New(strings.Join(api.FormatMessages(made.Errors, api.FormatMessagesOptions{}), ""))
	}
	licences, err := licencesIn(filepath.Join(dir, "node_modules"))
	if err != nil {
		return err
	}
	assets := filepath.Join("..", "frame", "assets")
	return errors.Join(durable.WriteBytes(filepath.Join(assets, "editor.js"), 0o644, made.OutputFiles[0].Contents), durable.WriteBytes(filepath.Join(assets, "editor.LICENSES.txt"), 0o644, licences))
}

// markOf is the checksum of what the bundle is made of.
func markOf(dir string) (string, error) {
	h := sha256.New()
	for _, name := range []string{"editor.js", "package-lock.json"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%s %d\n%s", name, len(text), text)
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}

// licencesIn are the licences of all packages that were installed.
func licencesIn(modules string) ([]byte, error) {
	files, err := filepath.Glob(filepath.Join(modules, "*", "LICENSE"))
	if err != nil {
		return nil, err
	}
	scoped, err := filepath.Glob(filepath.Join(modules, "@*", "*", "LICENSE"))
	if err != nil {
		return nil, err
	}
	files = append(files, scoped...)
	slices.Sort(files)
	var out bytes.Buffer
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		name, err := filepath.Rel(modules, filepath.Dir(f))
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&out, "%s\n\n%s\n\n", filepath.ToSlash(name), bytes.TrimSpace(text))
	}
	return out.Bytes(), nil
}
