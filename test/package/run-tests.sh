#!/usr/bin/env bash
# `npm run test:package`: makes the packages, and tries them where nothing of it can stay: a network without a way out, a machine that is thrown away.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

leave_out() {
  echo "packages left out: $1"
  exit 0
}
[ "$(uname)" = Linux ] || leave_out 'it needs Linux'
[ "$(id -u)" = 0 ] || leave_out 'it needs root (a network and mounts of its own, dpkg)'
for program in dpkg dpkg-deb apt-get unshare; do command -v $program >/dev/null || leave_out "there is no $program"; done
dpkg --compare-versions "$(dpkg-query -W -f '${Version}' nodejs 2>/dev/null || echo 0)" ge 20 || leave_out 'Node 20 is not installed as the package nodejs'
if ! command -v systemd-nspawn >/dev/null || ! command -v adduser >/dev/null; then
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends systemd-container adduser; } >/dev/null 2>&1 </dev/null ||
    leave_out 'systemd-container cannot be installed with apt-get'
fi
unshare --net true 2>/dev/null || leave_out 'no network namespace may be made here'
place=$(mktemp -d)
trap 'rmdir "$place"' EXIT
place=$place unshare --mount bash -c 'mount -t tmpfs tmpfs $place && mkdir $place/{u,w,r} && mount -t overlay overlay -o lowerdir=/,upperdir=$place/u,workdir=$place/w $place/r' 2>/dev/null ||
  leave_out 'no overlay of this machine may be mounted here'
npx tap --jobs=1 --timeout=600 --exclude='.build/test/slurm/**' .build/test/package/*.test.js
