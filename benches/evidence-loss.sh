#!/usr/bin/env bash
# Prints what every fault of every read does to the findings of two emulated accounts: for each
# operation and each fault the number of findings that become unknown, and how many failing findings
# turn into pass or vanish, which must be none. Each read and fault gets a whole scan for itself, which
# takes some minutes; the tests cover the same with fewer scans.
set -euo pipefail
cd "$(dirname "$0")/.."
PALISADE_MATRIX=alone cargo test --locked -q -p palisade-cli --test command_line -- \
  --exact evidence_loss_matrix::no_fault_of_any_read_makes_a_verdict --nocapture
