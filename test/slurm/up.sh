#!/usr/bin/env bash
# Boots a whole Slurm cluster as root without systemd; run again, it finds the same one and starts only what died.
set -euo pipefail
source "$(dirname "$0")/place.sh"

bash "$here/install.sh"
lock_cluster
[[ ! -e $dir ]] || is_ours || fail "$dir exists and is not a cluster of slurm:up; remove it or set BRC_SYNC_SLURM_DIR"
# The longest socket name has to fit the 107 bytes of a Unix socket address.
((${#dir} < 80)) || leave_out "the path $dir is too long for Unix sockets; set BRC_SYNC_SLURM_DIR"

if ! is_ours; then
  mkdir -m 755 "$dir"
  touch "$dir/.brc-sync-slurm"
fi
# slurmrestd and the jobs run as other users.
if ! setpriv --reuid=nobody --regid=nogroup --clear-groups test -x "$dir"; then
  rm -rf "$dir"
  leave_out "other users cannot enter $dir; set BRC_SYNC_SLURM_DIR to a path that they can"
fi
if [[ ! -f $dir/.configured ]]; then
  bash "$here/configure.sh"
  mariadb-install-db --defaults-file="$dir/my.cnf" --auth-root-authentication-method=socket --skip-test-db >"$dir/log/install-db.log" 2>&1
  touch "$dir/.configured"
fi

start() { bash "$here/daemon.sh" start "$1"; }
start munged
start mariadbd
if [[ ! -f $dir/.accounts ]]; then
  mariadb --defaults-file="$dir/client.cnf" -e \
    "create database if not exists slurm_acct_db; grant all on slurm_acct_db.* to slurm@'127.0.0.1' identified by 'slurm'"
  start slurmdbd
  bash "$here/accounts.sh" >"$dir/log/accounts.log"
  touch "$dir/.accounts"
fi
start slurmdbd
start slurmctld
for node in "${nodes[@]}"; do start "slurmd-$node"; done
start slurmrestd

all_nodes_up() { [[ $(sinfo -h -N -o '%N %t' | sort -u | grep -cE ' (idle|mix|alloc)$') == "${#nodes[@]}" ]]; }
wait_until 60 all_nodes_up || fail "not all nodes came up: $(sinfo -h -N -o '%N %t %E' | sort -u | tr '\n' ';')"

echo "Slurm is up in $dir. To use it: source $dir/env"
