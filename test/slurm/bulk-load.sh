#!/usr/bin/env bash
# bulk-load.sh JOBS [ACCOUNTS [DAYS]]: puts synthetic ended jobs straight into the accounting database, spread evenly over the DAYS before now.
# Accounts are bulk_0000 and so on; the users bulk_user0 to bulk_user4 (uid 100000 to 100004) share all of them.
set -euo pipefail
source "$(dirname "$0")/place.sh"
jobs=${1:?usage: bulk-load.sh JOBS [ACCOUNTS [DAYS]]} accounts=${2:-200} days=${3:-365} users=5
[[ "$jobs $accounts $days" =~ ^[1-9][0-9]*\ [1-9][0-9]*\ [1-9][0-9]*$ ]] || fail 'JOBS, ACCOUNTS and DAYS are whole numbers'
is_ours || fail 'run slurm:up first'

sql() { mariadb --defaults-file="$dir/client.cnf" -N slurm_acct_db "$@"; }

# Both commands leave alone what is there already, and fail if nothing was new.
all_accounts=$(seq -f 'bulk_%04.0f' -s, 0 $((accounts - 1)))
all_users=$(seq -f 'bulk_user%.0f' -s, 0 $((users - 1)))
{
  sacctmgr -iQ add account "$all_accounts" cluster=savio organization=bulk || true
  sacctmgr -iQ add user "$all_users" cluster=savio account="$all_accounts" || true
} >"$dir/log/bulk-accounts.log" 2>&1

# Ids far above those that slurmctld hands out. The counts below must be prime to each other, so that states, users and accounts mix.
sql <<SQL
create temporary table assoc (slot int primary key, id_assoc int, account tinytext, uid int)
  select (substr(acct, 6) * $users + substr(user, 10)) as slot, id_assoc, acct as account, 100000 + substr(user, 10) as uid
  from savio_assoc_table where deleted = 0 and user like 'bulk\\_user%' and acct like 'bulk\\_%' and substr(acct, 6) < $accounts;
set unique_checks = 0, foreign_key_checks = 0;
set @first = (select greatest(1000000, coalesce(max(id_job), 0)) from savio_job_table), @slots = (select count(*) from assoc), @now = unix_timestamp();
insert into savio_job_table
  (mod_time, account, cpus_req, exit_code, job_name, id_assoc, id_array_job, id_array_task, id_job, id_qos, id_resv, id_wckey, id_user, id_group,
   het_job_id, het_job_offset, state_reason_prev, nodelist, nodes_alloc, \`partition\`, priority, state, timelimit,
   time_submit, time_eligible, time_start, time_end, tres_alloc, tres_req)
select ended, account, cpus, if(state = 5, 256, 0), 'bulk', id_assoc, 0, 4294967294, @first + seq, 1, 0, 0, uid, 65534,
   0, 4294967294, 0, concat('n010', 1 + seq % 2), 1, 'savio3', 1, state, 1440,
   ended - elapsed - waited, ended - elapsed - waited, ended - elapsed, ended, tres, tres
from (
  select seq, @now - 86400 * $days + (86400 * $days * seq) div $jobs as ended, (seq * 7919) % 14401 as elapsed, (seq * 31) % 3607 as waited,
    1 + seq % 8 as cpus, concat('1=', 1 + seq % 8, ',2=1000,4=1,5=', 1 + seq % 8) as tres,
    elt(1 + seq % 11, 3, 3, 3, 3, 3, 3, 3, 3, 5, 4, 6) as state, (seq * 7) % @slots as slot
  from seq_1_to_$jobs
) job join assoc using (slot);
SQL
echo "$jobs jobs of $accounts accounts are in the accounting database."
