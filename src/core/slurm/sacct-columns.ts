import { BrcSyncError } from '../errors.js';

/** What to ask sacct for: every column the reader uses and none that holds free text (contract slurm.md 2.5). */
export const SACCT_FIELDS = [
  'JobID',
  'JobIDRaw',
  'Cluster',
  'Submit',
  'Eligible',
  'Start',
  'End',
  'ElapsedRaw',
  'Suspended',
  'UID',
  'User',
  'Account',
  'State',
  'Partition',
  'QOS',
  'NodeList',
  'AllocCPUS',
  'ReqNodes',
  'AllocNodes',
] as const;

/** Where each column stands in a line; -1 where the header lacks it. */
export interface SacctColumns {
  readonly jobId: number;
  readonly jobIdRaw: number;
  readonly cluster: number;
  readonly submit: number;
  readonly eligible: number;
  readonly start: number;
  readonly end: number;
  /** ElapsedRaw, else Elapsed. */
  readonly elapsed: number;
  readonly suspended: number;
  readonly uid: number;
  readonly user: number;
  readonly account: number;
  readonly state: number;
  readonly partition: number;
  readonly qos: number;
  readonly nodeList: number;
  /** AllocCPUS, else NCPUS. */
  readonly allocCpus: number;
  readonly allocTres: number;
  readonly reqNodes: number;
  readonly allocNodes: number;
}

/** Names by which each column goes in a header, in lower case; the first one found counts. */
const NAMES: Readonly<Record<keyof SacctColumns, readonly string[]>> = {
  jobId: ['jobid'],
  jobIdRaw: ['jobidraw'],
  cluster: ['cluster'],
  submit: ['submit'],
  eligible: ['eligible'],
  start: ['start'],
  end: ['end'],
  elapsed: ['elapsedraw', 'elapsed'],
  suspended: ['suspended'],
  uid: ['uid'],
  user: ['user'],
  account: ['account'],
  state: ['state'],
  partition: ['partition'],
  qos: ['qos'],
  nodeList: ['nodelist'],
  allocCpus: ['alloccpus', 'ncpus'],
  allocTres: ['alloctres'],
  reqNodes: ['reqnodes'],
  allocNodes: ['allocnodes'],
};

const KNOWN: ReadonlySet<string> = new Set(Object.values(NAMES).flat());

/** At least one of each group has to be there. */
const REQUIRED: readonly { readonly anyOf: readonly (keyof SacctColumns)[]; readonly says: string }[] = [
  { anyOf: ['jobIdRaw'], says: 'JobIDRaw' },
  { anyOf: ['submit'], says: 'Submit' },
  { anyOf: ['start'], says: 'Start' },
  { anyOf: ['end'], says: 'End' },
  { anyOf: ['uid', 'user'], says: 'User (or UID)' },
  { anyOf: ['account'], says: 'Account' },
  { anyOf: ['state'], says: 'State' },
  { anyOf: ['partition'], says: 'Partition' },
  { anyOf: ['allocCpus', 'allocTres'], says: 'AllocCPUS (or NCPUS, or AllocTRES)' },
  { anyOf: ['allocNodes', 'allocTres'], says: 'AllocNodes (or AllocTRES)' },
];

/** Whether a header name is one of the columns that are read; case does not matter. */
export function isSacctColumn(name: string): boolean {
  return KNOWN.has(name.toLowerCase());
}

/**
 * Finds the columns by the names of the header, in any order; others are ignored.
 *
 * @throws BrcSyncError INPUT_INVALID that names every missing column and the `--format` to use.
 */
export function locateColumns(header: readonly string[]): SacctColumns {
  const names = header.map((name) => name.toLowerCase());
  const locate = (column: keyof SacctColumns): number =>
    Math.max(-1, names.indexOf(NAMES[column].find((name) => names.includes(name)) ?? ''));
  const missing = REQUIRED.filter(({ anyOf }) => anyOf.every((column) => locate(column) === -1));
  if (missing.length > 0) throw missingColumns(missing.map(({ says }) => says));
  return {
    jobId: locate('jobId'),
    jobIdRaw: locate('jobIdRaw'),
    cluster: locate('cluster'),
    submit: locate('submit'),
    eligible: locate('eligible'),
    start: locate('start'),
    end: locate('end'),
    elapsed: locate('elapsed'),
    suspended: locate('suspended'),
    uid: locate('uid'),
    user: locate('user'),
    account: locate('account'),
    state: locate('state'),
    partition: locate('partition'),
    qos: locate('qos'),
    nodeList: locate('nodeList'),
    allocCpus: locate('allocCpus'),
    allocTres: locate('allocTres'),
    reqNodes: locate('reqNodes'),
    allocNodes: locate('allocNodes'),
  };
}

function missingColumns(columns: readonly string[]): BrcSyncError {
  return new BrcSyncError('INPUT_INVALID', {
    message: `The sacct output lacks ${columns.length === 1 ? 'a column' : 'columns'}: ${columns.join('; ')}.`,
    remedy: `Run sacct with -a -X -D -P --format=${SACCT_FIELDS.join(',')}.`,
    context: { missing: columns.join('; ') },
  });
}
