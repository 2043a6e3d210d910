#!/usr/bin/env bash
# The option that points node-gyp to the headers beside this very Node, which spares the download of a copy; nothing where
# there are none.
set -euo pipefail
prefix=$(node -p 'require("path").resolve(process.execPath, "../..")')
if [ "$(sed -n 's/^#define NODE_\(MAJOR\|MINOR\|PATCH\)_VERSION //p' "$prefix/include/node/node_version.h" 2>/dev/null | paste -sd.)" = "$(node -p process.versions.node)" ]; then
  echo "--nodedir=$prefix"
fi
