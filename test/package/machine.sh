#!/usr/bin/env bash
# Boots systemd on a copy of this machine that is gone afterwards, and runs inside.sh in it: machine.sh PACKAGES
# The copy is an overlay in a mount namespace of its own: nothing of what happens there reaches this machine. It has no network but its own loopback.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
repository=$(cd "$here/../.." && pwd)
packages=$(realpath "$1")

if [ -z "${BRC_SYNC_OVERLAY:-}" ]; then
  BRC_SYNC_OVERLAY=$(mktemp -d)
  export BRC_SYNC_OVERLAY
  trap 'rmdir "$BRC_SYNC_OVERLAY"' EXIT
  unshare --mount --propagation private bash "$0" "$packages"
  exit
fi

place=$BRC_SYNC_OVERLAY
mount -t tmpfs tmpfs "$place"
mkdir "$place/upper" "$place/work" "$place/merged"
mount -t overlay overlay -o "lowerdir=/,upperdir=$place/upper,workdir=$place/work" "$place/merged"
# A machine of its own, which starts nothing of what this one has but what a machine needs.
: >"$place/merged/etc/machine-id"
cat >"$place/merged/etc/systemd/system/inside.service" <<'U'
[Unit]
DefaultDependencies=no
Requires=basic.target
After=basic.target
[Service]
Type=oneshot
ExecStart=/bin/bash /repository/test/package/inside.sh
ExecStopPost=/bin/systemctl --no-block poweroff
StandardOutput=file:/inside.out
StandardError=inherit
U
timeout 240 systemd-nspawn --quiet --directory="$place/merged" --register=no --keep-unit --private-network --console=pipe --boot \
  --bind-ro="$repository:/repository" --bind-ro="$packages:/packages" systemd.unit=inside.service </dev/null >"$place/console" 2>&1 || true
cat "$place/merged/inside.out" 2>/dev/null || cat "$place/console"
