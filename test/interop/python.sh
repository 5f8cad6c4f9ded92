#!/usr/bin/env bash
# Clients from PyPI against the hosted template: npm run interop:python. Needs python3 with venv.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
runner=
finish() {
  if [ -n "$runner" ]; then
    kill "$runner" 2>/dev/null || true
    wait "$runner" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap finish EXIT

python3 -m venv "$work/venv"
"$work/venv/bin/pip" --quiet --disable-pip-version-check install \
  'authlib==1.6.5' 'pyjwt[crypto]==2.10.1' 'requests==2.32.5'

node local/main.ts --port 18780 --output json >"$work/ready.json" 2>"$work/runner.log" &
runner=$!
for _ in $(seq 1 150); do
  [ -s "$work/ready.json" ] && break
  kill -0 "$runner" 2>/dev/null || { cat "$work/runner.log" >&2; exit 1; }
  sleep 0.2
done
"$work/venv/bin/python" test/interop/python_clients.py "$work/ready.json"
