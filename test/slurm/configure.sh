#!/usr/bin/env bash
# Writes keys and configuration of a cluster that listens on loopback only and shares nothing with this machine's services.
set -euo pipefail
source "$(dirname "$0")/place.sh"

port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Below the ephemeral range, so that no client takes the port of a daemon that a test has stopped.
free_ports() {
  local base port try
  for try in {1..50}; do
    base=$((20000 + RANDOM % 700 * 16))
    for ((port = base; port < base + 10; port++)); do port_is_free "$port" || continue 2; done
    echo "$base" && return
  done
  fail 'no ten free ports in a row on loopback'
}

ports=$(free_ports)
host=$(hostname -s)
# NoInAddrAny makes Slurm listen where the host's name points to; only if that is loopback is it what we want.
# Else (many containers) the daemons listen on all addresses, guarded by the private munge key.
address=$(getent ahostsv4 "$host" | awk '{ print $1; exit }')
case $address in
  127.*) listen='CommunicationParameters=NoInAddrAny,NoCtldInAddrAny' ;;
  *) listen='' address=127.0.0.1 ;;
esac
mkdir -p "$dir"/{munge,db,ctld,spool,run,log,rest}
chown nobody "$dir/rest"
(
  umask 077
  head -c 128 /dev/urandom >"$dir/munge.key"
  head -c 32 /dev/urandom >"$dir/jwt.key"
)

auth="AuthType=auth/munge
AuthAltTypes=auth/jwt
AuthAltParameters=jwt_key=$dir/jwt.key"

cat >"$dir/slurm.conf" <<CONF
ClusterName=savio
SlurmctldHost=$host($address)
SlurmctldPort=$((ports + 2))
SlurmUser=root
$auth
# cred_expire is also how long a requeued job waits (120 s by default).
AuthInfo=socket=$dir/munge/munge.sock,cred_expire=15
$listen
StateSaveLocation=$dir/ctld
SlurmdSpoolDir=$dir/spool/%n
SlurmctldPidFile=$dir/run/slurmctld.own.pid
SlurmdPidFile=$dir/run/slurmd-%n.own.pid
ReturnToService=2
# Slurm without cgroups, since a container rarely may write them.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=$address
AccountingStoragePort=$((ports + 1))
# sacctmgr and slurmctld take the munge socket towards slurmdbd from here, not from AuthInfo.
AccountingStoragePass=$dir/munge/munge.sock
AccountingStorageEnforce=associations,qos
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/backfill
SchedulerParameters=permit_job_expansion,batch_sched_delay=0,bf_interval=1,sched_interval=5
PreemptType=preempt/qos
PreemptMode=REQUEUE
# Short, so that a dead node is noticed and a killed job ends while a test waits.
SlurmdTimeout=20
KillWait=2
InactiveLimit=0
SlurmdParameters=config_overrides
$(for i in "${!nodes[@]}"; do echo "NodeName=${nodes[i]} NodeHostname=$host NodeAddr=$address Port=$((ports + 4 + i)) CPUs=8 RealMemory=1000"; done)
PartitionName=savio3 Nodes=n0001.savio3,n0002.savio3,n0101,n0102 Default=YES MaxTime=INFINITE
PartitionName=savio3_htc Nodes=n0103,n0104 MaxTime=INFINITE
CONF

(
  umask 077
  cat >"$dir/slurmdbd.conf" <<CONF
DbdHost=localhost
DbdAddr=$address
DbdPort=$((ports + 1))
SlurmUser=root
$auth
AuthInfo=socket=$dir/munge/munge.sock
${listen%,*}
PidFile=$dir/run/slurmdbd.own.pid
StorageType=accounting_storage/mysql
# Not "localhost": that is the socket of the machine's own MariaDB.
StorageHost=127.0.0.1
StoragePort=$ports
StorageUser=slurm
StoragePass=slurm
StorageLoc=slurm_acct_db
CONF
)

# Durability is of no use here; speed of bulk loads is.
cat >"$dir/my.cnf" <<CONF
[mariadbd]
user=root
datadir=$dir/db
socket=$dir/mariadb.sock
pid-file=$dir/run/mariadbd.own.pid
bind-address=127.0.0.1
port=$ports
skip-name-resolve
skip-log-bin
innodb_buffer_pool_size=1G
innodb_log_file_size=512M
innodb_flush_log_at_trx_commit=0
innodb_doublewrite=0
innodb_lock_wait_timeout=900
max_allowed_packet=64M
CONF

cat >"$dir/env" <<ENV
export BRC_SYNC_SLURM_DIR='$dir'
export SLURM_CONF='$dir/slurm.conf'
export BRC_SYNC_SLURM_REST_URL='http://127.0.0.1:$((ports + 3))'
export BRC_SYNC_SLURM_REST_SOCKET='$dir/rest/slurmrestd.sock'
export BRC_SYNC_SLURM_TOKEN_COMMAND='scontrol token lifespan=3600'
export BRC_SYNC_SLURM_SQL='mariadb --defaults-file=$dir/client.cnf slurm_acct_db'
ENV
printf '[client]\nsocket=%s\nuser=root\n' "$dir/mariadb.sock" >"$dir/client.cnf"
