#!/usr/bin/env bash
# Cluster, QOSes, accounts and associations. The Unix users are ones that every Debian has, so that none must be made and removed.
set -euo pipefail
source "$(dirname "$0")/place.sh"

sacctmgr -iQ add cluster savio
sacctmgr -iQ add qos savio_lowprio preemptmode=requeue
sacctmgr -iQ add qos savio_scavenge preemptmode=cancel
sacctmgr -iQ add qos savio_debug priority=100 preempt=savio_lowprio,savio_scavenge
for account in fc_alpha co_beta fc_p0 fc_p1 fc_p2; do
  sacctmgr -iQ add account "$account" cluster=savio description="$account" organization=brc
done
sacctmgr -iQ add user root,nobody,daemon,games cluster=savio account=fc_alpha,co_beta,fc_p0,fc_p1,fc_p2 defaultaccount=fc_alpha \
  qos=normal,savio_lowprio,savio_scavenge,savio_debug defaultqos=normal
