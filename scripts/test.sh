#!/usr/bin/env bash
# Runs the compiled tests of the named stages, all of them by default, and says at the end how each went:
#   test.sh [unit|runtime|sim|broker|apart|reader|portable|kafka|one-kafka|conformance|browser]...
# With TEST_FORM=short what is repeated is repeated less often. Goes on after a failure, so that one run tells everything;
# exits non-zero when a stage failed.
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

# How many files run at a time. Where memory and threads are looked at:
alone=--test-concurrency=1
# Where each file has a broker and workers of its own, and waits for them more than it works, whatever the machine:
pairs=--test-concurrency=2
threes=--test-concurrency=3
# One file a core: Node by itself leaves one core idle.
all_cores=--test-concurrency=$(node -p 'os.availableParallelism()')

# What runs with the native reader otherwise.
with_portable_reader() { TEST_READER=portable "$@"; }

# What runs in the process of the test otherwise.
with_own_processes() { TEST_ISOLATION=process "$@"; }

# run_files SECONDS [--OPTION]... PLACE...: far more seconds than the files ever take.
run_files() {
  local limit=$1 files options=()
  shift
  while [[ $1 == --* ]]; do options+=("$1"); shift; done
  mapfile -t files < <(tests_in "$@")
  [ ${#files[@]} -gt 0 ] || { echo "no tests in $*" >&2; return 1; }
  run_within "$limit" node --test --test-reporter=spec "${options[@]}" "${files[@]}"
}

# run_within SECONDS COMMAND...: its exit code. One that hangs tells nothing: it is shown, killed, and has failed.
run_within() {
  local limit=$1 end=$((SECONDS + $1)) runner process
  shift
  "$@" &
  runner=$!
  while kill -0 "$runner" 2>/dev/null; do
    if [ "$SECONDS" -ge "$end" ]; then
      show_processes "$runner"
      for process in $(tree_of "$runner"); do kill -9 "$process" 2>/dev/null; done
      wait "$runner" 2>/dev/null
      printf 'HUNG: no end within %d s\n' "$limit"
      return 1
    fi
    sleep 0.2
  done
  wait "$runner"
}

# A process and all that descend from it, one PID a line.
tree_of() {
  local child
  echo "$1"
  for child in $(ps -o pid= --ppid "$1"); do tree_of "$child"; done
}

# What each of them is and waits for, as far as the machine can tell.
show_processes() {
  local process
  for process in $(tree_of "$1"); do
    printf '\n--- hangs: '
    ps -o pid=,etime=,time=,stat=,wchan=,args= -p "$process" | cut -c 1-300
    if command -v gdb >/dev/null; then
      gdb -p "$process" -batch -ex 'thread apply all backtrace 12' 2>/dev/null | grep -E '^(Thread|#)' | cut -c 1-120
    fi
  done
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

for name in "${@:-unit sim broker apart reader portable kafka conformance browser}"; do
  for each in $name; do
    case $each in
      unit) stage unit run_files 1500 $all_cores test/architecture.test.ts test/config test/connector test/worker test/support test/scripts test/bench \
        test/security ;;
      # What another Node may change: its sockets, streams, processes and memory.
      runtime) stage runtime run_files 900 $all_cores test/worker test/connector/http test/connector/data ;;
      sim) stage sim run_files 900 test/sim ;;
      broker) stage broker run_files 900 $threes test/broker ;;
      apart) stage apart with_own_processes run_files 600 $pairs test/broker/{attempts,leaving,stuck-partition,task}.test.ts ;;
      reader) stage reader run_files 600 $alone test/reader ;;
      portable) stage portable with_portable_reader run_files 1200 $threes test/broker/{rebalance,task}.test.ts \
        test/kafka/{end-to-end,crash,membership,dead-letters}.test.ts ;;
      one-kafka) stage one-kafka run_files 600 $alone test/kafka/end-to-end.test.ts ;;
      kafka) stage kafka run_files 1800 $threes test/kafka ;;
      conformance) stage conformance run_files 1200 $pairs test/conformance ;;
      browser) stage browser run_files 1200 $alone test/browser ;;
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
