#!/usr/bin/env bash
# Copies what the page has of others, uPlot, from its package, so that a worker needs no package of it; --check: says whether that is
# what there is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
from=node_modules/uplot
to=worker/admin/page/vendor
for file in dist/uPlot.iife.min.js dist/uPlot.min.css LICENSE; do
  copy=$to/${file##*/}
  if [ "${1:-}" != --check ]; then cp "$from/$file" "$copy"
  elif ! cmp -s "$from/$file" "$copy"; then
    echo "$copy is not that of $from; run \"make docs\"" >&2
    exit 1
  fi
done
