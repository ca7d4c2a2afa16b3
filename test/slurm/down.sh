#!/usr/bin/env bash
# Stops the cluster, jobs first, and removes its directory.
set -euo pipefail
source "$(dirname "$0")/place.sh"

if [[ ! -e $dir ]]; then
  echo "Slurm is not up in $dir."
  exit 0
fi
is_ours || fail "$dir is not a cluster of slurm:up; left alone"
lock_cluster

# The daemons and every slurmstepd carry the mark; what a slurmstepd started is below it in the process tree.
marked() { grep -slzxF "BRC_SYNC_SLURM_DAEMON=$dir" /proc/[0-9]*/environ | cut -d/ -f3 || true; }
with_descendants() {
  local pid
  for pid in "$@"; do
    echo "$pid"
    # shellcheck disable=SC2046
    with_descendants $(pgrep -P "$pid" || true)
  done
}
no_steps() { ! pgrep -f "^slurmstepd: .*" | grep -qxF -f <(marked); }

if bash "$here/daemon.sh" running slurmctld && timeout 5 scontrol ping >/dev/null 2>&1; then
  timeout 10 squeue -h -a -o %A | sort -u | xargs -r timeout 10 scancel --full 2>/dev/null || true
  wait_until 6 no_steps || true
fi
for ((i = ${#daemons[@]} - 1; i >= 0; i--)); do bash "$here/daemon.sh" stop "${daemons[i]}"; done

# shellcheck disable=SC2046
left=$(with_descendants $(marked) | sort -u)
# shellcheck disable=SC2086
[[ -z $left ]] || kill -KILL $left 2>/dev/null || true
rm -rf --one-file-system "$dir"
echo "Slurm is down; $dir is gone."
