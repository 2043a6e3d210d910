#!/usr/bin/env bash
# Copies what the page has of others, uPlot, from its package, so that a worker needs no package of it; --check: says whether that is
# what there is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
from=node_modules/uplot
to=worker/admin/page/vendor
for pair in dist/uPlot.iife.min.js:uPlot.iife.min.js dist/uPlot.min.css:uPlot.min.css LICENSE:LICENSE; do
  if [ "${1:-}" != --check ]; then cp "$from/${pair%:*}" "$to/${pair#*:}"
  elif ! cmp -s "$from/${pair%:*}" "$to/${pair#*:}"; then
    echo "$to/${pair#*:} is not that of $from; run \"make docs\"" >&2
    exit 1
  fi
done
