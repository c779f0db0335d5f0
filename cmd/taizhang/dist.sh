#!/usr/bin/env bash
# Builds taizhang for the machines that offices have, each with DuckDB's shared library beside it, as
# dist/taizhang-VERSION-SYSTEM-PROCESSOR.zip. What is downloaded has its version and SHA-256 below.
#
#   cmd/taizhang/dist.sh VERSION [windows-amd64|linux-amd64|linux-arm64]...     (all, if none is named)
#
# It runs on Linux, amd64, and needs Go, npm (DuckDB's library), Python 3 with venv (zig, for an older C library than this
# machine's: 统信 UOS 20 and 麒麟 V10 have glibc 2.28) and for Windows Debian's gcc-mingw-w64-x86-64.
set -euo pipefail
cd "$(dirname "$0")/../.."

version=${1:?usage: cmd/taizhang/dist.sh VERSION [TARGET]...}
shift
[ $# -gt 0 ] || set -- windows-amd64 linux-amd64 linux-arm64

# The library is of DuckDB's version that the driver in go.mod is made for. A newer driver needs a newer one here.
driver=v2.10506.0
duckdb=1.5.6-r.1
zig=0.17.1
guide='## 装到办公电脑上'
declare -A sum=(
  [win32-x64]=03873bb6dbef0aa30ba28d12dc6afa63769641823bb64bb425894218442f3e9c
  [linux-x64]=1b9f82478539bb9a1d1df44bd103121a12ae52142c07158dc52b97d2ec1d69ff
  [linux-arm64]=3a45a6305b3235a781ed9de25aa795a3862acd042782d1f864e1bdb656de212b
  [zig]=ea6cc5d87b033cf0aedfbc8f9549a908cae6c50ac31f1698188fa48a74524b54
)
declare -A library=([windows-amd64]=win32-x64 [linux-amd64]=linux-x64 [linux-arm64]=linux-arm64)

fail() { echo "error: $*" >&2; exit 1; }
need() { command -v "$1" >/dev/null || fail "$1 is missing ($2). Install it with: $3"; }

[ "$(uname -sm)" = 'Linux x86_64' ] || fail "this runs on Linux, amd64, not on $(uname -sm)"
need go 'the program is built with it' 'sudo apt-get install golang-go (1.26 or newer; or from go.dev/dl)'
need npm "DuckDB's library is fetched with it" 'sudo apt-get install npm'
need python3 'zig is installed and archives are written with it' 'sudo apt-get install python3 python3-venv'
for target in "$@"; do
  [ -n "${library[$target]:-}" ] || fail "unknown target $target: one of ${!library[*]} is expected"
  if [ "$target" = windows-amd64 ]; then
    for tool in gcc objdump dlltool; do
      need "x86_64-w64-mingw32-$tool" 'it builds for Windows' 'sudo apt-get install gcc-mingw-w64-x86-64'
    done
  else
    python3 -c 'import ensurepip' 2>/dev/null || fail "Python's venv is missing (zig is installed with it). Install it with: sudo apt-get install python3-venv"
  fi
done
grep -q "duckdb-go/v2 $driver\$" go.mod || fail "go.mod has another driver than $driver: name here the library that goes with it, and its SHA-256"

grep -qx "$guide" README.zh-CN.md || fail "README.zh-CN.md has no section \"$guide\", which goes into the archives"

work=$PWD/dist/work
mkdir -p "$work"

# fetched gives the folder of DuckDB's library for a machine.
fetched() {
  local name=$1 archive="$work/duckdb-node-bindings-$1-$duckdb.tgz" to="$work/$1-$duckdb"
  [ -f "$archive" ] || npm pack --silent --pack-destination "$work" "@duckdb/node-bindings-$name@$duckdb" >/dev/null
  echo "${sum[$name]}  $archive" | sha256sum --check --quiet >&2 || fail "$archive isn't what was pinned; remove it and try again"
  mkdir -p "$to"
  tar -xzf "$archive" -C "$to" --strip-components=1
  echo "$to"
}

# compiler gives the C compiler for a machine.
compiler() {
  case $1 in
  windows-amd64) echo x86_64-w64-mingw32-gcc; return ;;
  esac
  if [ ! -x "$work/zig-$zig/bin/python" ]; then
    python3 -m venv "$work/zig-$zig"
    echo "ziglang==$zig --hash=sha256:${sum[zig]}" >"$work/zig.txt"
    "$work/zig-$zig/bin/pip" install --quiet --no-deps --require-hashes -r "$work/zig.txt" >&2 || { rm -rf "$work/zig-$zig"; fail "zig $zig can't be had from PyPI"; }
  fi
  case $1 in
  linux-amd64) echo "$work/zig-$zig/bin/python -m ziglang cc -target x86_64-linux-gnu.2.28" ;;
  linux-arm64) echo "$work/zig-$zig/bin/python -m ziglang cc -target aarch64-linux-gnu.2.28" ;;
  esac
}

# importLibrary writes what MinGW links against in place of a DLL made with another compiler.
importLibrary() {
  {
    printf 'LIBRARY duckdb.dll\nEXPORTS\n'
    x86_64-w64-mingw32-objdump -p "$1/duckdb.dll" | awk '/\[ *[0-9]+\]/ && $NF ~ /^duckdb_/ { print $NF }' | sort -u
  } >"$1/duckdb.def"
  x86_64-w64-mingw32-dlltool -d "$1/duckdb.def" -l "$1/libduckdb.a"
}

# licences gathers the terms of everything that goes into the archive.
licences() {
  printf 'DuckDB %s\n\n' "$duckdb"
  cat "$1/LICENSE"
  printf '\n\nGo\n\n'
  cat "$(go env GOROOT)/LICENSE" 2>/dev/null || cat "$(go env GOROOT)/../LICENSE"
  GOOS=${2%-*} GOARCH=${2#*-} CGO_ENABLED=1 go list -deps -tags duckdb_use_lib -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}' ./cmd/taizhang | sort -u |
    while read -r module release dir; do
      found=$(find "$dir" -maxdepth 1 -type f \( -iname 'licen[cs]e*' -o -iname 'copying*' -o -iname 'notice*' \) ! -name '*.go' | sort)
      [ -n "$found" ] || fail "$module has no licence in $dir"
      printf '\n\n%s %s\n\n' "$module" "$release"
      while read -r file; do cat "$file"; done <<<"$found"
    done
  printf '\n\nThe editor of the page\n\n'
  cat cmd/internal/web/frame/assets/editor.LICENSES.txt
}

# tried says whether a program starts, where this machine can tell.
tried() {
  case $1 in
  linux-amd64) "$2/taizhang" version >/dev/null && echo 'it starts here' ;;
  linux-arm64)
    if command -v qemu-aarch64 >/dev/null && [ -e /usr/aarch64-linux-gnu/lib/libstdc++.so.6 ]; then
      QEMU_LD_PREFIX=/usr/aarch64-linux-gnu qemu-aarch64 "$2/taizhang" version >/dev/null && echo 'it starts under qemu'
    else
      echo 'not started: that takes qemu-user, libc6-arm64-cross and libstdc++6-arm64-cross'
    fi
    ;;
  windows-amd64) echo 'not started: that takes Windows' ;;
  esac
}

for target in "$@"; do
  lib=$(fetched "${library[$target]}")
  cc=$(compiler "$target")
  name=taizhang-$version-$target
  out=$work/$name
  rm -rf "$out"
  mkdir -p "$out"
  program=taizhang
  link=-Wl,-rpath,\$ORIGIN # the library is looked for beside the program
  if [ "$target" = windows-amd64 ]; then
    importLibrary "$lib"
    program=taizhang.exe link=-static
    cp "$lib/duckdb.dll" "$out/"
    # For a double click. Plain ASCII, since cmd reads it by the code page of the PC.
    printf '%s\r\n' '@echo off' 'rem The folder of the zone: set another one in the next line.' 'set ZONE=D:\taizhang-data' \
      'if not exist D:\ set ZONE=%USERPROFILE%\taizhang-data' '"%~dp0taizhang.exe" serve --zone "%ZONE%" --open' 'pause' >"$out/启动台账.cmd"
  else
    cp "$lib/libduckdb.so" "$out/"
  fi
  GOOS=${target%-*} GOARCH=${target#*-} CGO_ENABLED=1 CC=$cc CGO_LDFLAGS="-L$lib" \
    go build -trimpath -tags duckdb_use_lib -ldflags "-s -w -X main.version=$version -extldflags '$link'" -o "$out/$program" ./cmd/taizhang
  licences "$lib" "$target" >"$out/LICENSES.txt"
  cp README.md README.zh-CN.md "$out/"
  # Notepad of older Windows wants the mark and CRLF.
  { printf '\xef\xbb\xbf'; awk -v guide="$guide" '/^## /{on = $0 == guide} on && /make dist/{getline; next} on' README.zh-CN.md | sed -e 's/^## //' -e 's/`//g' -e '/^```/d' -e 's/$/\r/'; } >"$out/安装说明.txt"
  started=$(tried "$target" "$out") || fail "$out/$program doesn't start"
  rm -f "dist/$name.zip"
  (cd "$work" && python3 -m zipfile -c "../$name.zip" "$name")
  echo "dist/$name.zip: $(du -h "dist/$name.zip" | cut -f1), $started"
done
