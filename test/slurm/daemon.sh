#!/usr/bin/env bash
# daemon.sh start|stop|kill|freeze|thaw|running NAME: one daemon of the cluster (munged, mariadbd, slurmdbd, slurmctld, slurmd-NODE, slurmrestd).
# Tests use it to take a part of the cluster away and to bring it back; frozen, it keeps its connections and says nothing.
set -euo pipefail
source "$(dirname "$0")/place.sh"
[[ $# == 2 && " ${daemons[*]} " == *" $2 "* ]] || fail "usage: daemon.sh start|stop|kill|freeze|thaw|running NAME, NAME one of: ${daemons[*]}"
name=$2
pid_file=$dir/run/$name.pid

# A recycled process id is not ours: the mark in its environment is.
is_running() {
  [[ -f $pid_file ]] && grep -sqzxF "BRC_SYNC_SLURM_DAEMON=$dir" "/proc/$(<"$pid_file")/environ"
}

is_gone() { ! is_running; }

in_background() {
  BRC_SYNC_SLURM_DAEMON=$dir setsid "$@" >>"$dir/log/$name.log" 2>&1 </dev/null 9>&- &
  echo $! >"$pid_file"
}

launch() {
  case $name in
    munged) in_background munged --foreground --force --key-file="$dir/munge.key" --socket="$dir/munge/munge.sock" \
      --pid-file="$dir/run/munged.own.pid" --log-file="$dir/log/munged.log" --seed-file="$dir/munge/seed" ;;
    mariadbd) in_background mariadbd --defaults-file="$dir/my.cnf" ;;
    slurmdbd) SLURM_CONF=$dir/slurmdbd.conf in_background slurmdbd -D ;;
    slurmctld) in_background slurmctld -D ;;
    slurmd-*) in_background slurmd -D -N "${name#slurmd-}" ;;
    slurmrestd)
      source "$dir/env"
      rm -f "$BRC_SYNC_SLURM_REST_SOCKET"
      # It refuses to run as root or SlurmUser; unsharing namespaces needs rights that nobody lacks in a container.
      SLURMRESTD_SECURITY=disable_unshare_sysv,disable_unshare_files SLURM_JWT=daemon in_background \
        setpriv --reuid=nobody --regid=nogroup --clear-groups \
        slurmrestd -a rest_auth/jwt "${BRC_SYNC_SLURM_REST_URL#http://}" "unix:$BRC_SYNC_SLURM_REST_SOCKET"
      ;;
  esac
}

is_ready() {
  is_running || return 1
  case $name in
    munged) munge -S "$dir/munge/munge.sock" -n ;;
    mariadbd) mariadb-admin --defaults-file="$dir/client.cnf" ping ;;
    slurmdbd) [[ $(sacctmgr -nP show qos format=name) == *normal* ]] ;;
    slurmctld) scontrol show config ;;
    slurmd-*) true ;;
    slurmrestd) curl -s -o /dev/null --unix-socket "$dir/rest/slurmrestd.sock" http://localhost/openapi/v3 ;;
  esac
}

end_with() {
  is_running || return 0
  local pid
  pid=$(<"$pid_file")
  kill "-$1" "$pid" 2>/dev/null || true
  # Not "is /proc/PID gone": a container's first process may leave zombies for seconds.
  wait_until 10 is_gone || { kill -KILL "$pid" && wait_until 5 is_gone; }
  rm -f "$pid_file"
}

case $1 in
  start)
    is_running || launch
    wait_until 30 is_ready || fail "$name does not answer; last words: $(tail -n 3 "$dir/log/$name.log")"
    ;;
  stop) end_with TERM ;;
  kill) end_with KILL ;;
  freeze) kill -STOP "$(<"$pid_file")" ;;
  thaw) kill -CONT "$(<"$pid_file")" ;;
  running) is_running ;;
  *) fail "unknown verb $1" ;;
esac
