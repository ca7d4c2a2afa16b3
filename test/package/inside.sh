#!/usr/bin/env bash
# In the machine that machine.sh boots: installs, configures, runs, upgrades, removes and purges the package. Says `ok - …` or `not ok - …` line by line.
set -uo pipefail
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
cd /

# check TITLE COMMAND...: it succeeds.
check() {
  local title=$1 said
  shift
  if said=$("$@" 2>&1); then echo "ok - $title"; else echo "not ok - $title: ${said//$'\n'/ | }"; fi
}
is() { [ "$2" = "$3" ] && echo "ok - $1" || echo "not ok - $1: ${2//$'\n'/ | } instead of $3"; }
not() { ! "$@"; }
as_service() { runuser -u brc-sync -- env BRC_SYNC_STATE_DIR=/var/lib/brc-sync "$@"; }
ours() { find / -xdev \( -path /proc -o -path /tmp -o -path /repository -o -path /run -o -path /var/log -o -path /var/cache -o -path /root \) -prune -o -name '*brc-sync*' -print | sort; }
# A unit that fails says why in the journal.
run() { systemctl start "brc-sync@$1.service" || { journalctl -q -u "brc-sync@$1.service" -o cat -n 8; false; }; }
timers() { systemctl is-enabled brc-sync-update.timer brc-sync-full.timer | tr '\n' ' '; }

before=$(ours)
old=$(cd /packages && echo brc-sync_*[0-9]_all.deb)
new=$(cd /packages && echo brc-sync_*+next_all.deb)

# Installing
check 'it installs' dpkg -i "/packages/$old"
is 'both timers are disabled' "$(timers)" 'disabled disabled '
is 'nothing runs' "$(systemctl is-active brc-sync-update.timer brc-sync-full.timer | tr '\n' ' ')" 'inactive inactive '
is 'the state directory is its user’s alone' "$(stat -c '%U:%G %a' /var/lib/brc-sync)" 'brc-sync:brc-sync 700'
is 'its user cannot log in' "$(getent passwd brc-sync | cut -d: -f6,7)" '/var/lib/brc-sync:/usr/sbin/nologin'
is 'the program is there' "$(brc-sync --version | cut -d' ' -f1)" "brc-sync/$(dpkg-query -W -f '${Version}' brc-sync)"
check 'files are as they were packed' dpkg --verify brc-sync
check 'man finds its pages' man --where brc-sync brc-sync-run-full
check 'bash takes its completion' bash -c 'source /usr/share/bash-completion/completions/brc-sync && complete -p brc-sync'
check 'units have nothing to object to' bash -c 'said=$(systemd-analyze verify brc-sync@update.service brc-sync-update.timer brc-sync-full.timer 2>&1 | grep brc-sync); [ -z "$said" ] || { echo "$said"; false; }'
check 'the service is hardened (exposure below 2.5)' systemd-analyze security --threshold=25 --no-pager brc-sync@update.service
check 'a start before it is configured is passed over' systemctl start brc-sync@update.service
is 'and has left no run' "$(ls -A /var/lib/brc-sync)" ''

# Configuring: a portal, jobs of a file, a token that only root may read
systemd-run --quiet --unit=portal --working-directory=/repository --property=StandardOutput=file:/portal.out node .build/test/portal/main.js --port 8099
for _ in {1..100}; do ! grep -q Token: /portal.out 2>/dev/null || break; sleep 0.1; done
examples=/usr/share/doc/brc-sync/examples
cp $examples/bank-config.toml $examples/slurm-jobs.psv /etc/brc-sync/
set_up() {
  sed -n 's/^Token: //p' /portal.out | brc-sync init --directory /etc/brc-sync --deployment other --portal-url "$(head -1 /portal.out)" --token-file - \
    --slurm fixture --jobs /etc/brc-sync/slurm-jobs.psv --prices /etc/brc-sync/bank-config.toml --time-zone America/Los_Angeles \
    --allocation-year-start 06-01 --no-dry-run --schedule systemd >/init.out 2>&1 || { cat /init.out; false; }
}
check 'init sets it up' set_up
# What it says to type, but for the timers, which wait until it has been tried.
eval "$(grep -o 'sed -i .*' /init.out)"
sed -i 's/^BRC_SYNC_FLAGS=.*/BRC_SYNC_FLAGS=--start 2026-11-22 --end 2026-11-22 --allow over-estimate=9/' /etc/default/brc-sync
check 'and names its instances for the service' bash -c '! grep -qE "^BRC_SYNC_(SOURCE|SINK)=$" /etc/default/brc-sync'
check 'its user cannot read the token' not as_service cat /etc/brc-sync/portal.token

# Running
check 'run update' run update
check 'run full' run full
is 'both ended well' "$(as_service brc-sync status --json | node -p 'JSON.parse(require("fs").readFileSync(0)).runs.map((run) => `${run.command} ${run.outcome} ${run.changes}`).sort().join()')" 'run full done 5,run update done 7'
is 'its files are its user’s alone' "$(find /var/lib/brc-sync -type f \( -not -user brc-sync -o -perm /077 \) | wc -l)" 0
check 'the journal of systemd has its events with priorities' bash -c 'journalctl -q -u brc-sync@update.service -p info -o cat | grep -q "the run ended"'
check 'its report for a browser' as_service brc-sync report --html /var/lib/brc-sync/report.html
cp /etc/brc-sync/portal.token /portal.token
echo wrong >/etc/brc-sync/portal.token
check 'a wrong token fails the unit' not systemctl start brc-sync@update.service
is 'with the exit code that says so' "$(systemctl show -P ExecMainStatus brc-sync@update.service)" 6
cp /portal.token /etc/brc-sync/portal.token
check 'timers can be enabled' systemctl enable --now --quiet brc-sync-update.timer brc-sync-full.timer

# Upgrading
check 'it upgrades' dpkg -i --force-confold "/packages/$new"
is 'to the new version' "$(brc-sync --version | cut -d' ' -f1)" "brc-sync/$(cd /packages && dpkg-deb -f "$new" Version)"
is 'timers go on' "$(timers)$(systemctl is-active brc-sync-update.timer)" 'enabled enabled active'
check 'its settings are kept' grep -q '^BRC_SYNC_FLAGS=--start ' /etc/default/brc-sync
is 'its runs are kept' "$(as_service brc-sync runs list --json | node -p 'JSON.parse(require("fs").readFileSync(0)).runs.length')" 3
check 'it runs' run update

# Removing
check 'it is removed' dpkg --remove brc-sync
is 'its timers are gone' "$(systemctl list-unit-files --no-legend 'brc-sync*' | wc -l)" 0
check 'what people wrote and what it did is kept' test -s /etc/brc-sync/plugins.json -a -d /var/lib/brc-sync/runs -a -s /etc/default/brc-sync
check 'it comes back' dpkg -i "/packages/$new"
is 'with its timers disabled' "$(timers)" 'disabled disabled '

# Purging
check 'it is purged' dpkg --purge brc-sync
is 'nothing is left' "$(ours)" "$before"
check 'its user is gone, too' not getent passwd brc-sync
systemctl stop portal.service
echo 'end'
