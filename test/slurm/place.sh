# Sourced by every script here: where the cluster lives, how to stop with a reason, how to wait.
dir=${BRC_SYNC_SLURM_DIR:-${TMPDIR:-/tmp}/brc-sync-slurm-$UID}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
nodes=(n0001.savio3 n0002.savio3 n0101 n0102 n0103 n0104)
daemons=(munged mariadbd slurmdbd slurmctld "${nodes[@]/#/slurmd-}" slurmrestd)

export SLURM_CONF=$dir/slurm.conf
# Either would send the command line tools elsewhere.
unset SLURM_JWT SLURM_CLUSTERS
PATH=$PATH:/usr/sbin:/sbin

# EX_TEMPFAIL: not a failure of the tests but of the place they run in.
leave_out() {
  echo "slurm cluster left out: $1" >&2
  exit 75
}

fail() {
  echo "slurm cluster: $1" >&2
  exit 1
}

# wait_until SECONDS COMMAND...: polls, so that nothing waits longer than it must.
wait_until() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < deadline)) || return 1
    sleep 0.1
  done
}

# Takes the lock for the rest of the script; daemons must not inherit it (9>&-). Locking the parent leaves no lock file behind.
lock_cluster() {
  exec 9<"$(dirname "$dir")"
  flock -w 120 9 || fail "another slurm:up or slurm:down is at work in $(dirname "$dir")"
}

# Only a directory that slurm:up marked is ever reused or removed.
is_ours() { [[ -O $dir && -f $dir/.brc-sync-slurm ]]; }
