#!/usr/bin/env bash
# Compiles the native reader in a directory that holds its sources: build-reader.sh DIRECTORY. node-gyp comes with npm.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
headers=$(bash scripts/node-headers.sh)
gyp=$(npm root -g 2>/dev/null)/npm/node_modules/node-gyp/bin/node-gyp.js
[ -f "$gyp" ] || gyp=$(dirname "$(realpath "$(command -v npm)")")/../node_modules/node-gyp/bin/node-gyp.js
cd "$1"
node "$gyp" configure build ${headers:+"$headers"}
