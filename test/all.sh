#!/usr/bin/env bash
# Every check and test of the project. Brings Debian's chromium where it is missing and can be had; says what it skips.
set -euo pipefail
cd "$(dirname "$0")/.."

skipped=()
if ! command -v chromium >/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "chromium is missing: installing it for the browser tests"
    (apt-get update && apt-get install -y --no-install-recommends chromium) >/tmp/svclab-apt.log 2>&1 ||
      echo "apt could not install chromium; its output is in /tmp/svclab-apt.log"
  fi
fi

projects=(--project structure --project unit --project theory --project product)
if command -v chromium >/dev/null; then
  projects+=(--project browser)
else
  skipped+=("browser tests: there is no chromium (as root on Debian: apt-get install chromium)")
fi

node build.js
npx tsc --noEmit
npx biome check --error-on-warnings .
npx knip
npx vitest run "${projects[@]}" "$@"

for what in "${skipped[@]+"${skipped[@]}"}"; do echo "SKIPPED  $what"; done
