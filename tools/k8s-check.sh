#!/usr/bin/env bash
# Every overlay: builds, fits Kubernetes' schemas, and carries a gateway configuration that Envoy accepts. Needs no cluster and no network.
set -euo pipefail
cd "$(dirname "$0")/.."
out=.tools/k8s && rm -rf "$out" && mkdir -p "$out"

"${CARGO_TARGET_DIR:-target}/debug/devstack" render-k8s --check

for overlay in k8s/overlays/*/; do
    name=$(basename "$overlay")
    .tools/bin/kustomize build "$overlay" >"$out/$name.yaml"
    .tools/py/bin/kubernetes-validate --strict --quiet -k 1.34.0 "$out/$name.yaml"
    # The gateway's file as it would be mounted, out of the rendered ConfigMap.
    .tools/py/bin/python - "$out/$name.yaml" "$out/$name-envoy.yaml" <<'PY'
import sys, yaml
maps = [d for d in yaml.safe_load_all(open(sys.argv[1])) if d["kind"] == "ConfigMap" and "envoy.yaml" in d.get("data", {})]
assert len(maps) == 1, f"{len(maps)} ConfigMaps hold an envoy.yaml"
open(sys.argv[2], "w").write(maps[0]["data"]["envoy.yaml"])
PY
    .tools/bin/envoy --mode validate -c "$out/$name-envoy.yaml" >"$out/$name-envoy.log" 2>&1 || { cat "$out/$name-envoy.log"; exit 1; }
    if grep -i 'deprecated field' "$out/$name-envoy.log"; then echo "maguey: the gateway's configuration uses a deprecated field" >&2; exit 1; fi
    echo "maguey: k8s/overlays/$name: $(grep -c '^kind:' "$out/$name.yaml") objects, all valid; Envoy accepts its configuration"
done
