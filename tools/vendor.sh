#!/usr/bin/env bash
# Fetches the browser libraries again, at the versions written here, with their licences. What is committed is what is served; run this to
# check that it is still what was published (git shows no difference) or after changing a version.
set -euo pipefail
cd "$(dirname "$0")/.."

# package version destination file…   (paths inside the package)
vendor() {
    local package=$1 version=$2 folder=$3 work
    shift 3
    work=$(mktemp -d)
    trap 'rm -rf "$work"' RETURN
    (cd "$work" && npm pack --silent "$package@$version" >/dev/null && tar -xzf ./*.tgz)
    mkdir -p "$folder"
    for file in "$@"; do cp "$work/package/${file%%:*}" "$folder/${file##*:}"; done
    cp "$work/package/LICENSE" "$folder/LICENSE"
    echo "maguey: $package $version in $folder"
}

command -v npm >/dev/null || { echo "maguey: npm is missing: tools/bootstrap.sh k8s installs it" >&2; exit 1; }

# The QR decoder of the scan page. LICENSE-zxing-cpp beside it comes from the decoder's own repository, not from the package.
vendor zxing-wasm 3.1.4 services/scanner/assets/vendor/zxing-wasm-3.1.4 \
    dist/iife/reader/index.js:zxing-reader.js dist/reader/zxing_reader.wasm:zxing_reader.wasm

# What the browser tests hold the pages against.
vendor axe-core 4.14.1 crates/e2e/vendor/axe-core-4.14.1 axe.min.js

# Typefaces, subset to what the pages use, by the lock file beside the script.
(cd crates/ui/vendor && node vendor.mjs)

git status --short -- services/scanner/assets crates/ui/assets crates/e2e/vendor
