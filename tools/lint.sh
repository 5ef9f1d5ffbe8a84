#!/usr/bin/env bash
# Formatting, clippy with warnings denied, one TLS provider, licences, bans, sources; advisories where their database can be fetched.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo fmt --all --check
cargo clippy --workspace --all-targets -- -D warnings

# Two TLS providers in one graph make the first client panic. `cargo tree -i` fails when there is nothing to show: that is what we want.
if cargo tree --workspace -i ring --depth 1 2>/dev/null | grep -q .; then
    echo "maguey: ring is in the dependency graph; aws-lc-rs is the one TLS provider (cargo tree -i ring says who brings it)" >&2
    exit 1
fi

deny=$(command -v cargo-deny || echo .tools/cargo/bin/cargo-deny)
"$deny" --workspace check licenses bans sources
if timeout 60 "$deny" fetch db >/dev/null 2>.tools/advisories.log; then
    "$deny" --workspace check --disable-fetch advisories
else
    echo "maguey: advisories NOT checked: their database could not be fetched (.tools/advisories.log); licences, bans and sources were."
fi
