#!/usr/bin/env bash
# Runs the native reader's own tests with AddressSanitizer, in a tree of its own. Fails for a memory error anywhere, and for
# a leak whose stack passes through the reader: what Node leaves at its end is its own affair.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tree=.cache/asan
rm -rf "$tree"
mkdir -p "$tree/worker/kafka/reader"
cp -r dist package.json "$tree/"
cp worker/kafka/reader/{*.c,*.cc,*.h,binding.gyp,exports.map} "$tree/worker/kafka/reader/"
echo 'asan: compiling the native reader'
CXXFLAGS='-fsanitize=address -fno-omit-frame-pointer -g' LDFLAGS='-fsanitize=address' \
  bash scripts/build-reader.sh "$PWD/$tree/worker/kafka/reader" >"$tree/build.log" 2>&1 || { tail -20 "$tree/build.log"; exit 1; }
# All but what the linker did to the ordinary build.
mapfile -t tests < <(find "$tree/dist/test/reader" -name '*.test.js' ! -name symbols.test.js | sort)
ASAN_OPTIONS="log_path=$PWD/$tree/report:malloc_context_size=40" LSAN_OPTIONS='exitcode=0' \
  LD_PRELOAD=$("${CXX:-c++}" -print-file-name=libasan.so) TAILRACE_REQUIRE_KAFKA=1 \
  node --test --test-concurrency=1 --test-reporter=spec "${tests[@]}" || failed=1
if grep -l 'ERROR: AddressSanitizer' "$tree"/report.* 2>/dev/null; then failed=1; fi
# One paragraph a leak. A reader that is still there at the end, with its JSON parser, is none, nor is what V8 or node-rdkafka
# allocated themselves in JavaScript that a read's end has called. Nor is what stands behind a letter whose report comes after
# node-rdkafka has left off to look: it drops both.
if awk -v RS= '/leak of/ && /(reader|block|json|members|quote|topics|groups|describe|log-offsets|produce|message)\.(cc?|node)/ && !/ in New .*reader\.cc| simdjson::|#1 [^\n]* in (v8::internal|NodeKafka)::|operator new[^\n]*\n *#1 [^\n]* in Produce /' "$tree"/report.* 2>/dev/null | grep .; then failed=1; fi
[ "${failed:-0}" = 0 ] || { echo 'asan: FAILED'; exit 1; }
echo 'asan: no memory error, and no leak of the reader'
