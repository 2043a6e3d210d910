#!/usr/bin/env bash
# Runs the compiled tests of the named stages, all of them by default, and says at the end how each went:
#   test.sh [unit|sim|broker|kafka]...
# Goes on after a failure, so that one run tells everything; exits non-zero when a stage failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mkdir -p .cache
export SEEDS=${SEEDS:-1000}
summary=()
failed=0

# The compiled forms of the sources that are there now: what an old build left behind is not run.
tests_in() {
  find "$@" -name '*.test.ts' | sort | sed 's|^|dist/|; s|\.ts$|.js|'
}

# Brokers and workers share the machine with nothing else: one file at a time.
run_alone() { run_files --test-concurrency=1 "$@"; }

run_files() {
  local files options=()
  while [[ $1 == --* ]]; do options+=("$1"); shift; done
  mapfile -t files < <(tests_in "$@")
  [ ${#files[@]} -gt 0 ] || { echo "no tests in $*" >&2; return 1; }
  node --test --test-reporter=spec "${options[@]}" "${files[@]}"
}

stage() {
  local name=$1 started=$SECONDS result=passed
  shift
  printf '\n=== %s ===\n' "$name"
  if ! "$@" 2>&1 | tee ".cache/test-$name.log"; then
    result=FAILED
    failed=1
  fi
  summary+=("$(printf '%-8s %s in %d s' "$name" "$result" $((SECONDS - started)))")
}

for name in "${@:-unit sim broker kafka}"; do
  for each in $name; do
    case $each in
      unit) stage unit run_files test/architecture.test.ts test/config test/connector test/worker test/support ;;
      sim) stage sim run_files test/sim ;;
      broker) stage broker run_alone test/broker ;;
      kafka) stage kafka run_alone test/kafka ;;
      *) echo "no such stage: $each" >&2; exit 2 ;;
    esac
  done
done

printf '\n=== tests ===\n'
printf '%s\n' "${summary[@]}"
if missing=$(grep -h -m1 '^no real Kafka:' .cache/test-kafka.log 2>/dev/null) && [[ " ${*:-kafka} " == *kafka* ]]; then
  printf 'NOT TESTED against real Kafka: %s\n' "${missing#no real Kafka: }"
fi
exit "$failed"
