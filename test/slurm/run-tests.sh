#!/usr/bin/env bash
# `npm run test:slurm`: boots and seeds the cluster unless it is there, runs the tests, and takes down only what it booted itself.
set -uo pipefail
source "$(dirname "$0")/place.sh"

was_up=no
! bash "$here/daemon.sh" running slurmctld || was_up=yes

bash "$here/up.sh"
status=$?
# No root or no apt is no failure of the tests; up.sh has said the reason in a line.
((status != 75)) || exit 0
((status == 0)) || exit "$status"

[[ $was_up == yes ]] || trap 'bash "$here/down.sh"' EXIT
cd "$here/../.." || exit 1
node .build/test/slurm/seed.js && npx tap --jobs=1 --timeout=300 .build/test/slurm/*.test.js
