/** What a person should know, and what to do about it. Kinds and meaning: money.md. */
export const FINDING_REMEDIES = {
  'missing-in-source':
    'Ask Slurm for the id (sacct -D -j ID). If Slurm purged it, keep the record; if it never existed, an administrator of the portal decides.',
  'id-reused':
    'Slurm used this job id more than once and the portal keeps one record an id. Leave the record, or settle the other job by hand in the portal.',
  'owner-differs':
    'Account or user were changed after submission. Correct the record in the portal’s administration: its API refuses to change an owner.',
  'clock-shifted': 'A tool wrote local times as UTC. The change repairs the record; look for the tool.',
  'other-cluster': 'Run it against the sink that bills this cluster, or correct the `cluster` of the sink instance in plugins.json.',
  'unknown-user': 'Add the user to the site’s userMap, or read UIDs with sacct’s UID column.',
  'unknown-account': 'Create the project in the portal, or ignore the account if it is not billed.',
  'unknown-partition': 'Add the partition to [PartitionPrice] of the price list, under its exact name, if it should cost something.',
  'duplicate-array-id': 'The job stands in the portal twice. --zero-duplicates sets the record with the display id to 0.00.',
  'adjusted-by-hand': 'Somebody set the amount. Leave it, or overwrite it with --overwrite-adjusted.',
  'repaired-in-source':
    'Slurm’s end looks like a repair (sacctmgr show runaway) or lies in the future. Check the job; --trust-source sends it.',
  runaway:
    'Ask slurmctld (scontrol show job ID). If it does not know the job, let `sacctmgr show runaway` repair it and correct the record by hand.',
  'still-running': 'Nothing while the record is open. A closed record of a running job: wait for its end.',
  'never-started': 'Nothing: a job that never ran costs nothing and needs no record.',
  settling: 'Nothing: it ended so recently that the completion plugin may still write its record.',
  requeued: 'Nothing, unless the site charges every run: the charge is that of the last one.',
  resized: 'Nothing, unless the site charges each size apart: the charge is that of the last size for the whole time.',
  suspended: 'Nothing, unless the site does not charge suspended time: the completion plugin does.',
  'outside-allocation': 'The portal stores the record and moves no usage. Charge it with add_service_units_to_project if it should count.',
  'before-period': 'It ended before --start. Run `full`, or give an earlier --start.',
  'after-period': 'Nothing: it ended at or after --end.',
  'would-clamp':
    'Find out why usage is lower than its records say (compare it with the sum of the account’s records), then correct the usage in the portal and run again.',
  'not-reverted': 'Settle it by hand in the portal, if the run was wrong about it.',
  'unstable-list': 'The portal’s list changed while it was read. Run again; if it persists, look for what keeps writing to this account.',
} as const;

export type FindingKind = keyof typeof FINDING_REMEDIES;
export const FINDING_KINDS = Object.keys(FINDING_REMEDIES) as readonly FindingKind[];

export interface Finding {
  readonly kind: FindingKind;
  readonly jobId: string | null;
  readonly account: string | null;
  /** One sentence. */
  readonly message: string;
  readonly remedy: string;
  /** Service units, decimal text with two places. */
  readonly suAtStake: string;
  /** A fact that asks nothing of anyone: counted, and listed with --all-findings only (money 17). */
  readonly quiet: boolean;
}
