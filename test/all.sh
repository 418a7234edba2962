#!/usr/bin/env bash
# Every check and test of the project. Brings from Debian what is missing and can be had: chromium for the viewer,
# iptables and nft for the kernel as a judge. Says what it skips.
set -euo pipefail
cd "$(dirname "$0")/.."

# bring COMMAND PACKAGE... : true if the command is there in the end
bring() {
  command -v "$1" >/dev/null && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "$1 is missing: installing ${*:2}"
    (apt-get update && apt-get install -y --no-install-recommends "${@:2}") >/tmp/svclab-apt.log 2>&1 ||
      echo "apt could not install ${*:2}; its output is in /tmp/svclab-apt.log"
  fi
  command -v "$1" >/dev/null
}

skipped=()
projects=(--project structure --project unit --project theory --project product)
if bring chromium chromium; then
  projects+=(--project browser)
else
  skipped+=("browser tests: there is no chromium (as root on Debian: apt-get install chromium)")
fi
kernel=yes
for tool in iptables-restore:iptables nft:nftables ip:iproute2 sysctl:procps; do
  bring "${tool%%:*}" "${tool##*:}" || kernel=no
done
if [ "$(id -u)" != 0 ]; then
  kernel=no
  skipped+=("kernel tests: they need root, for network namespaces")
elif [ $kernel = no ]; then
  skipped+=("kernel tests: there is no iptables-restore, nft, ip or sysctl (on Debian: apt-get install iptables nftables iproute2 procps)")
fi

node build.js
npx tsc --noEmit
npx tsc --noEmit -p sim
npx biome check --error-on-warnings .
npx knip
npx vitest run "${projects[@]}" "$@"
# By itself, since it measures: what else runs would make timers late.
if [ $kernel = yes ]; then npm run test:kernel; fi

for what in "${skipped[@]+"${skipped[@]}"}"; do echo "SKIPPED  $what"; done
