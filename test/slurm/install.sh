#!/usr/bin/env bash
# Installs Debian's Slurm and MariaDB where they are missing, without starting a service.
set -euo pipefail
source "$(dirname "$0")/place.sh"

missing() {
  local program
  for program in munged slurmctld slurmd slurmdbd slurmrestd sacct mariadbd mariadb-install-db; do
    command -v "$program" >/dev/null || return 0
  done
  ! compgen -G '/usr/lib/*/slurm*/auth_jwt.so' >/dev/null
}

[[ $(uname) == Linux ]] || leave_out 'it needs Linux'
((UID == 0)) || leave_out 'it needs root (six slurmd that start jobs as other users)'
missing || exit 0
command -v apt-get >/dev/null || leave_out 'Slurm is not installed and there is no apt-get to install it'

# Debian's packages start their services unless this file says no.
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy"
fi

log=$(mktemp)
export DEBIAN_FRONTEND=noninteractive
# auth/jwt is only recommended by slurmctld, so it is named.
{ apt-get update && apt-get install -y --no-install-recommends \
  slurmctld slurmd slurmdbd slurmrestd slurm-client slurm-wlm-jwt-plugin munge mariadb-server mariadb-client; } >"$log" 2>&1 </dev/null ||
  leave_out "apt-get could not install Slurm (see $log)"
rm -f "$log"
