package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// place is the private folder with everything that a benchmark needs.
type place struct {
	dir     string // the folder itself
	scripts string // bench/peers
	small   bool
	facts   facts

	taizhang, alone, python string
	calamine                string // "" where it can't be had, for the reason of noRust
	noRust                  string
	dbt                     string // "" where it can't be had, for the reason of noDBT
	noDBT                   string
}

// facts are what generate.py says of the data.
type facts struct {
	Returns struct{ Workbooks, Rows, Faulty, LibreOffice int }
	Big     struct{ Rows, Bytes int }
	CSV     struct{ Rows, Bytes int }
	XLS     struct{ Rows, Bytes int }
}

func (p *place) script(name string) string { return filepath.Join(p.scripts, name) }
func (p *place) work(name string) string {
	return filepath.Join(p.dir, "work", filepath.FromSlash(name))
}
func (p *place) resultsFile() string { return p.data("results.json") }

// data is a path below the set of data in use.
func (p *place) data(name string) string {
	set := "full"
	if p.small {
		set = "small"
	}
	return filepath.Join(p.dir, set, filepath.FromSlash(name))
}

// prepare installs the peers and generates the data, whatever of it is not there yet.
func prepare(dir string, small bool) (*place, error) {
	scripts, err := filepath.Abs(filepath.Join("bench", "peers"))
	if err != nil {
		return nil, err
	}
	bin, err := filepath.Abs("bin")
	if err != nil {
		return nil, err
	}
	p := &place{dir: dir, scripts: scripts, small: small, taizhang: filepath.Join(bin, "taizhang"), alone: filepath.Join(bin, "alone"),
		python: filepath.Join(dir, "venv", "bin", "python")}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if err := p.installPython(); err != nil {
		return nil, err
	}
	p.installRust()
	p.installDBT()
	return p, p.generate()
}

// installPython makes a virtual environment with the pinned peers.
func (p *place) installPython() error {
	if _, err := exec.LookPath("python3"); err != nil {
		return fmt.Errorf("%w: python3 is missing, in which the peers run", errSkipped)
	}
	if err := p.environment("venv", "requirements.txt"); err != nil {
		return fmt.Errorf("%w: the peers could not be installed: %v", errSkipped, err)
	}
	return nil
}

// installDBT makes one with dbt. Without it the rows that need it are left out by name.
func (p *place) installDBT() {
	if p.small {
		p.noDBT = "not part of the small set"
		return
	}
	if err := p.environment("dbt", "requirements-dbt.txt"); err != nil {
		p.noDBT = "it could not be installed: " + err.Error()
		fmt.Println("dbt is left out:", p.noDBT)
		return
	}
	p.dbt = filepath.Join(p.dir, "dbt", "bin", "dbt")
}

// environment makes a virtual environment with what a list of requirements pins, where it isn't there as the list has it now.
func (p *place) environment(name, requirements string) error {
	want, err := os.ReadFile(p.script(requirements))
	if err != nil {
		return err
	}
	stamp := filepath.Join(p.dir, name, "requirements.txt")
	if have, err := os.ReadFile(stamp); err == nil && slices.Equal(have, want) {
		return nil
	}
	fmt.Println("installing", requirements, "into", filepath.Join(p.dir, name))
	for _, args := range [][]string{
		{"python3", "-m", "venv", filepath.Join(p.dir, name)},
		{filepath.Join(p.dir, name, "bin", "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", p.script(requirements)},
	} {
		if text, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, tail(string(text)))
		}
	}
	return os.WriteFile(stamp, want, 0o644)
}

// installRust builds calamine where cargo is there. Without it the rows that need it are left out by name.
func (p *place) installRust() {
	if p.small {
		p.noRust = "not part of the small set"
		return
	}
	if _, err := exec.LookPath("cargo"); err != nil {
		p.noRust = "cargo is missing"
		return
	}
	target := filepath.Join(p.dir, "cargo")
	cmd := exec.Command("cargo", "build", "--release", "--quiet", "--manifest-path", p.script("calamine/Cargo.toml"))
	cmd.Env = append(os.Environ(), "CARGO_TARGET_DIR="+target)
	if text, err := cmd.CombinedOutput(); err != nil {
		p.noRust = "it could not be built: " + tail(string(text))
		fmt.Println("calamine (Rust) is left out:", p.noRust)
		return
	}
	p.calamine = filepath.Join(target, "release", "calamine-peer")
}

// generate makes the data; it is kept as long as the generator stays as it is.
func (p *place) generate() error {
	want, err := os.ReadFile(p.script("generate.py"))
	if err != nil {
		return err
	}
	stamp := p.data("generate.py")
	if have, err := os.ReadFile(stamp); err != nil || !slices.Equal(have, want) {
		fmt.Println("generating data in", p.data(""))
		args := []string{p.script("generate.py"), p.data("")}
		if p.small {
			args = append(args, "--small")
		}
		if text, err := exec.Command(p.python, args...).CombinedOutput(); err != nil {
			return fmt.Errorf("generate data: %w\n%s", err, tail(string(text)))
		}
		if err := os.WriteFile(stamp, want, 0o644); err != nil {
			return err
		}
	}
	text, err := os.ReadFile(p.data("facts.json"))
	if err != nil {
		return err
	}
	return json.Unmarshal(text, &p.facts)
}

// archived puts the files of a set into the archive of its zone, once.
func (p *place) archived(set string) error {
	if info, err := os.Stat(p.data(set + "/archive/journal.jsonl")); err == nil && info.Size() > 0 {
		return nil
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if text, err := exec.Command(p.alone, "archive", p.data(set)).CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, tail(string(text)))
	}
	return nil
}

// clearWork empties the folder for what the contenders make.
func (p *place) clearWork() error {
	if err := os.RemoveAll(p.work("")); err != nil {
		return err
	}
	return os.MkdirAll(p.work(""), 0o755)
}

// versions are those of the peers, as pinned, and of what taizhang is built with.
func (p *place) versions() []string {
	var out []string
	if text, err := exec.Command(p.taizhang, "version").Output(); err == nil {
		out = append(out, strings.Split(strings.TrimSpace(string(text)), "\n")...)
	}
	if text, err := exec.Command(p.python, "--version").Output(); err == nil {
		out = append(out, strings.TrimSpace(string(text)))
	}
	text, _ := os.ReadFile(p.script("requirements.txt"))
	dbt, _ := os.ReadFile(p.script("requirements-dbt.txt"))
	for _, line := range strings.Split(string(text)+string(dbt), "\n") {
		if name, version, ok := strings.Cut(line, "=="); ok && !slices.Contains(out, name+" "+version) {
			out = append(out, name+" "+version)
		}
	}
	text, _ = os.ReadFile(p.script("calamine/Cargo.toml"))
	for _, line := range strings.Split(string(text), "\n") {
		if version, ok := strings.CutPrefix(line, "calamine = "); ok {
			out = append(out, "calamine (Rust) "+strings.Trim(version, `"=`))
		}
	}
	return out
}
