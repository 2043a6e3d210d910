#!/usr/bin/env bash
# Brings the programs that some tests run beside our own, where they are missing. Debian's packages, as root or by a sudo that asks
# nothing; without them those tests are skipped, but for CI, where they fail.
set -euo pipefail

# Chromium's text needs some font.
declare -A packages=(
  [nginx]=nginx-light [tinyproxy]=tinyproxy-bin [zsh]=zsh [fish]=fish [groff]=groff-base [chromium]='chromium fonts-dejavu-core'
)
missing=()
for program in "${!packages[@]}"; do
  # More than one package may be meant.
  # shellcheck disable=SC2206
  PATH=$PATH:/usr/sbin command -v "$program" >/dev/null || missing+=(${packages[$program]})
done
[ ${#missing[@]} -gt 0 ] || exit 0
if [ "$(id -u)" = 0 ]; then as_root=(env); else as_root=(sudo -n); fi
"${as_root[@]}" apt-get update -qq || true
# No package may start a service of its own.
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
