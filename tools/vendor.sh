#!/usr/bin/env bash
# Fetches the browser libraries and typefaces again, at the versions written here, with their licences. What is committed is what is served; run this to
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

# The typefaces of printed documents: typst reads TrueType, not the woff2 of the pages; whole faces, because it subsets by itself.
# The licence is the typeface's own. Big Shoulders Display comes without it: the same OFL stands beside the woff2 in crates/ui.
faces() {
    local package=$1 version=$2 licence=$3 name=$4 work
    shift 4
    work=$(mktemp -d)
    trap 'rm -rf "$work"' RETURN
    (cd "$work" && npm pack --silent "$package@$version" >/dev/null && tar -xzf ./*.tgz)
    for file in "$@"; do cp "$work/package/${file%%:*}" "crates/documents/fonts/${file##*:}"; done
    case $licence in
        */*) cp "$licence" "crates/documents/fonts/$name.LICENSE.txt" ;;
        *) cp "$work/package/$licence" "crates/documents/fonts/$name.LICENSE.txt" ;;
    esac
}
mkdir -p crates/documents/fonts
faces @expo-google-fonts/hanken-grotesk 0.4.3 LICENSE_FONT hanken-grotesk \
    400Regular/HankenGrotesk_400Regular.ttf:hanken-grotesk-400.ttf 600SemiBold/HankenGrotesk_600SemiBold.ttf:hanken-grotesk-600.ttf
faces @expo-google-fonts/big-shoulders-display 0.2.3 crates/ui/assets/big-shoulders-display.LICENSE.txt big-shoulders-display \
    BigShouldersDisplay_900Black.ttf:big-shoulders-display-900.ttf
faces dejavu-fonts-ttf 2.37.3 LICENSE dejavu-sans ttf/DejaVuSans.ttf:dejavu-sans.ttf
faces @expo-google-fonts/noto-emoji 0.4.7 LICENSE_FONT noto-emoji 400Regular/NotoEmoji_400Regular.ttf:noto-emoji-400.ttf

# Typefaces, subset to what the pages use, by the lock file beside the script.
(cd crates/ui/vendor && node vendor.mjs)

git status --short -- services/scanner/assets crates/ui/assets crates/e2e/vendor crates/documents/fonts
