#!/usr/bin/env bash
# Runs node-gyp, which comes with npm, for the Node that runs: node-gyp.sh ARGUMENT... Its headers are those beside that Node,
# which spares the download of a copy, and else the copy that node-gyp brings. An npm setting of another Node's headers
# (nodedir, target) counts for nothing: what would be compiled with them does not load.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
gyp=$(npm root -g 2>/dev/null)/npm/node_modules/node-gyp/bin/node-gyp.js
[ -f "$gyp" ] || gyp=$(dirname "$(realpath "$(command -v npm)")")/../node_modules/node-gyp/bin/node-gyp.js
headers=$(bash "$root/scripts/node-headers.sh")

# How npm passes settings on; node-gyp itself reads no .npmrc.
for setting in $(compgen -e | grep -iE '^npm_(config|package_config_node_gyp)_(nodedir|target|arch)$'); do unset "$setting"; done
if [ -z "$headers" ]; then
  for key in disturl proxy https-proxy noproxy cafile; do
    value=$(npm config get "$key" 2>/dev/null || true)
    case $value in '' | null | undefined) ;; *) export "npm_config_${key//-/_}=$value" ;; esac
  done
fi
exec node "$gyp" "$@" ${headers:+"$headers"}
