#!/usr/bin/env bash
# Prints what a build costs and what comes out: CPU seconds and wall time of a release build from
# clean, the same with the generated AWS clients not optimised, the size of the binary, and the time
# that `palisade --version` takes, and `palisade rules list`, which reads and checks every rule as any scan does.
# Takes a quarter of an hour on two cores; `--quick` leaves out the second build.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# build NAME [CARGO FLAG…]
build() {
  local name=$1
  shift
  local times
  times=$( { TIMEFORMAT='%R s wall, %U s user, %S s system'; time CARGO_TARGET_DIR="$folder/$name" \
    cargo build --release --locked -q -p palisade-cli "$@"; } 2>&1 | tail -n 1)
  printf '%-28s %s; %s bytes\n' "$name" "$times" "$(stat -c %s "$folder/$name/release/palisade")"
}

build as-configured
if [ "${1:-}" != "--quick" ]; then
  overrides=()
  for crate in $(sed -n 's/^\[profile\.release\.package\.\(aws-sdk-.*\)\]$/\1/p' Cargo.toml); do
    overrides+=(--config "profile.release.package.$crate.opt-level=0")
  done
  build clients-not-optimised "${overrides[@]}"
fi

# start NAME ARGUMENT…
start() {
  local name=$1 runs=50 begin end
  shift
  begin=$(date +%s%N)
  for _ in $(seq "$runs"); do "$folder/as-configured/release/palisade" "$@" >/dev/null; done
  end=$(date +%s%N)
  printf '%-28s %s µs a run over %s runs\n' "$name" "$(((end - begin) / runs / 1000))" "$runs"
}

start 'palisade --version' --version
start 'every rule read and checked' rules list
