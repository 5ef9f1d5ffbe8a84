#!/usr/bin/env bash
# Prometheus' configuration and rules by its own promtool, when each alert fires, and that its runbook is there. Needs no cluster and no network.
set -euo pipefail
cd "$(dirname "$0")/../deploy/observability"
PATH=$PATH:$(realpath ../../.tools/bin)
quietly() { local said; said=$("$@" 2>&1) || { echo "$said" >&2; exit 1; }; }

quietly promtool check config --lint=all --lint-fatal prometheus.yml
quietly promtool test rules tests/alerts.yml
alerts=$(grep -c -- '- alert:' alerts.yml)
pages=$(sed -n 's/^ *runbook: //p' alerts.yml)
[ "$(wc -l <<<"$pages")" = "$alerts" ] || { echo "maguey: an alert names no runbook" >&2; exit 1; }
while read -r page; do
    [ -f "../../$page" ] || { echo "maguey: an alert names $page, which does not exist" >&2; exit 1; }
done <<<"$pages"
# The second test lets everything go wrong: an alert that stays silent in it is not tested.
for alert in $(sed -n 's/^ *- alert: //p' alerts.yml); do
    grep -q "alertname=\"$alert\"" tests/alerts.yml || { echo "maguey: no test lets $alert fire" >&2; exit 1; }
done
echo "maguey: deploy/observability: $alerts alerts, all tested, each with its runbook"
