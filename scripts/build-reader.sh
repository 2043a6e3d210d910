#!/usr/bin/env bash
# Compiles the native reader in a directory that holds its sources: build-reader.sh DIRECTORY.
set -euo pipefail
gyp=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/node-gyp.sh
cd "$1"
bash "$gyp" configure build
