#!/usr/bin/env bash
# Brings everything that a fresh machine lacks: system packages, npm packages, the compiled Kafka client and native reader.
# Cheap when there is nothing to do, safe to repeat.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# Flags of an outer make must not reach the client's own build.
unset MAKEFLAGS MFLAGS MAKELEVEL

client=node_modules/node-rdkafka
binary=$client/build/Release/node-librdkafka.node
stamp=node_modules/.tailrace-setup
build_log=node_modules/.tailrace-client-build.log
reader=worker/kafka/reader

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

check_node() {
  command -v node >/dev/null || fail 'Node.js is missing; install version 20.18.1 or later from https://nodejs.org'
  node -e 'const [a, b, c] = process.versions.node.split(".").map(Number);
           process.exit(a > 20 || (a === 20 && (b > 18 || (b === 18 && c >= 1))) ? 0 : 1)' ||
    fail "Node.js $(node --version) is too old; version 20.18.1 or later is needed"
  command -v npm >/dev/null || fail 'npm is missing; it comes with Node.js from https://nodejs.org'
}

# What the set-up depends on: the locked packages and the ABI that the client is compiled for.
fingerprint() { node -p "process.version + process.arch + require('crypto').createHash('sha256').update(require('fs').readFileSync('package-lock.json')).digest('hex')"; }

missing_system_parts() {
  local tool header
  for tool in python3 make g++; do command -v "$tool" >/dev/null || echo "$tool"; done
  command -v g++ >/dev/null || return 0
  for header in zstd.h curl/curl.h sasl/sasl.h openssl/ssl.h zlib.h; do
    echo "#include <$header>" | g++ -E -x c++ - >/dev/null 2>&1 || echo "$header"
  done
}

# apt_install PACKAGE...: as root, or by a sudo that asks nothing; 1 where neither is possible, or it failed.
apt_install() {
  local as_root
  if [ "$(id -u)" = 0 ]; then as_root=(env); elif sudo -n true 2>/dev/null; then as_root=(sudo -n); else return 1; fi
  "${as_root[@]}" apt-get update -qq || say 'the package lists could not be refreshed; trying with what is known'
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >/dev/null
}

install_system_parts() {
  local missing
  missing=$(missing_system_parts | tr '\n' ' ')
  [ -n "$missing" ] || return 0
  say "missing on this system: $missing"
  if command -v apt-get >/dev/null; then
    local packages=(libzstd-dev libcurl4-openssl-dev libsasl2-dev libssl-dev zlib1g-dev python3 make g++)
    apt_install "${packages[@]}" || fail "run this, then the same command again:
  sudo apt-get install -y --no-install-recommends ${packages[*]}"
  elif command -v dnf >/dev/null; then
    fail "run this, then the same command again:
  sudo dnf install -y libzstd-devel libcurl-devel cyrus-sasl-devel openssl-devel zlib-devel python3 make gcc-c++"
  elif command -v brew >/dev/null; then
    fail "run this, then the same command again:
  brew install zstd curl cyrus-sasl openssl@3 python3"
  else
    fail 'install the development packages of zstd, curl, Cyrus SASL, OpenSSL and zlib, and python3, make and g++'
  fi
  missing=$(missing_system_parts | tr '\n' ' ')
  [ -z "$missing" ] || fail "still missing after the installation: $missing"
}

# npm notes what it installed in node_modules/.package-lock.json; optional packages of other platforms are left out.
packages_complete() {
  node -e '
    const { readFileSync } = require("fs");
    const read = file => JSON.parse(readFileSync(file, "utf8")).packages;
    const wanted = read("package-lock.json"), found = read("node_modules/.package-lock.json");
    const missing = Object.entries(wanted).filter(([path, p]) => path !== "" && !p.optional && found[path]?.version !== p.version);
    process.exit(missing.length === 0 ? 0 : 1)' 2>/dev/null
}

install_packages() {
  packages_complete && return 0
  [ ! -L node_modules ] || fail 'node_modules is a link to packages of another version; remove it first'
  say 'installing the npm packages'
  # No package runs code of its own at installation; the one that must be compiled is compiled below.
  npm ci --ignore-scripts --no-fund --no-audit --loglevel=error || fail 'npm ci failed; its reason is above'
  packages_complete || fail 'npm installed other versions than package-lock.json says'
}

# What hinders the compiled Kafka client from serving this Node, on one line; nothing when it can.
client_fault() {
  [ -f "$binary" ] || { echo 'it is not compiled'; return 0; }
  node -e '
    try {
      const has = new Set(require("node-rdkafka").features);
      const need = "gzip snappy lz4 zstd ssl sasl_plain sasl_scram sasl_gssapi sasl_oauthbearer oidc".split(" ");
      const missing = need.filter(name => !has.has(name));
      if (missing.length > 0) console.log("it was compiled without: " + missing.join(" "));
    } catch (error) {
      console.log("it does not load: " + error.message.replace(/\s+/g, " ").slice(0, 500));
    }' 2>/dev/null || echo 'it does not load'
}

# build_addon GYP: the client around the librdkafka that is there.
build_addon() {
  rm -rf build/Release/obj.target/node-librdkafka
  bash "$1" configure && JOBS=$(getconf _NPROCESSORS_ONLN) bash "$1" build
}

# build_client GYP: librdkafka first, by its own make: the client's build knows of no rule for config.h, and runs librdkafka's on one core.
build_client() {
  local jobs
  jobs=$(getconf _NPROCESSORS_ONLN)
  bash "$1" clean configure && make -C build BUILDTYPE=Release deps/librdkafka/config.h &&
    make -C deps/librdkafka -j "$jobs" libs && JOBS=$jobs bash "$1" build
}

compile_client() {
  local fault gyp
  fault=$(client_fault)
  [ -n "$fault" ] || return 0
  [ ! -f "$binary" ] || say "the Kafka client is compiled anew: $fault"
  [ ! -L node_modules ] || fail 'node_modules is a link, and the Kafka client in it is not usable; compile it where it belongs'
  install_system_parts
  gyp=$PWD/scripts/node-gyp.sh
  # Another Node's: librdkafka knows of none.
  if [[ $fault == 'it does not load'* ]]; then
    say 'compiling the Kafka client for this Node, about a minute'
    if (cd "$client" && build_addon "$gyp") >"$build_log" 2>&1 && [ -z "$(client_fault)" ]; then return 0; fi
  fi
  say 'compiling the Kafka client (librdkafka), a few minutes, once'
  # What an earlier configure found, or did not find, is kept in these.
  (cd "$client/deps/librdkafka" && rm -f config.h config.cache Makefile.config && find . -name '*.o' -delete)
  if ! (cd "$client" && build_client "$gyp") >"$build_log" 2>&1; then
    tail -n 40 "$build_log" >&2
    fail "the Kafka client did not compile; all of the output is in $build_log"
  fi
  fault=$(client_fault)
  [ -z "$fault" ] || fail "the Kafka client was compiled, but $fault (Node.js $(node --version), ABI $(node -p process.versions.modules); see $build_log)"
}

# What the native reader is compiled for, and from.
reader_fingerprint() {
  node -p "process.version + process.arch + require('node-rdkafka/package.json').version + require('@nozbe/simdjson/package.json').version"
  cat "$reader"/*.{c,cc,h} "$reader"/{binding.gyp,exports.map} scripts/{build-reader,node-gyp}.sh
}

# The worker runs without it, only slower: whatever goes wrong here is told, and no more.
build_reader() {
  local log=$reader/build.log fingerprint
  fingerprint=$(reader_fingerprint | sha256sum)
  [ "$(cat "$reader/build/stamp" 2>/dev/null)" != "$fingerprint" ] || return 0
  rm -rf "$reader/build"
  if bash scripts/build-reader.sh "$reader" >"$log" 2>&1; then
    say 'compiled the native reader'
  else
    say "the native reader did not compile, the portable one serves (see $log)"
  fi
  mkdir -p "$reader/build" && printf '%s\n' "$fingerprint" >"$reader/build/stamp"
}

check_node
if [ "$(cat "$stamp" 2>/dev/null)" != "$(fingerprint)" ] || [ ! -f "$binary" ]; then
  install_packages
  compile_client
  fingerprint >"$stamp"
  say 'done'
fi
build_reader
