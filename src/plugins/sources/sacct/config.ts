export interface SacctConfig {
  readonly command: readonly string[];
  readonly sacctmgr: readonly string[];
  readonly squeue: readonly string[];
  readonly sinfo: readonly string[];
  readonly user?: string;
  readonly clusters?: readonly string[];
  readonly slurmConf?: string;
  readonly extraArguments: readonly string[];
  readonly timeoutSeconds: number;
  readonly maxProcesses: number;
  readonly idsPerCall: number;
  readonly sliceDays?: number;
}

const words = { type: 'array', items: { type: 'string', minLength: 1 } } as const;

export const SACCT_CONFIG_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    command: {
      ...words,
      description:
        'Program and first arguments, run without a shell. A wrapper has to carry the environment along: ["ssh", "login", "env", "SLURM_TIME_FORMAT=%s", "sacct"].',
      minItems: 1,
      default: ['sacct'],
      examples: [['/opt/slurm/bin/sacct']],
    },
    sacctmgr: {
      ...words,
      description:
        'The same for sacctmgr, which tells accounts, clusters and permissions; [] if there is none, and sacct alone has to be believed.',
      default: ['sacctmgr'],
      examples: [['/opt/slurm/bin/sacctmgr']],
    },
    squeue: {
      ...words,
      description:
        'The same for squeue, which tells which running jobs slurmctld knows; [] if there is none: then runaways show by their age only.',
      default: ['squeue'],
      examples: [['/opt/slurm/bin/squeue']],
    },
    sinfo: {
      ...words,
      description: 'The same for sinfo, which tells `doctor` the partitions; [] if there is none.',
      default: ['sinfo'],
      examples: [['/opt/slurm/bin/sinfo']],
    },
    user: {
      description: 'Who asks, where a wrapper asks as somebody else: decides whether PrivateData of slurmdbd hides jobs.',
      type: 'string',
      pattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]*$',
      examples: ['slurm'],
    },
    clusters: {
      description: 'Clusters to read (-M); by default the one of slurm.conf.',
      type: 'array',
      items: { type: 'string', pattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]*$' },
      minItems: 1,
      uniqueItems: true,
      examples: [['brc']],
    },
    slurmConf: {
      description: 'The slurm.conf to use; by default $SLURM_CONF, or where Slurm looks for it.',
      type: 'string',
      minLength: 1,
      examples: ['/etc/slurm/slurm.conf'],
    },
    extraArguments: {
      description: 'More arguments for sacct: only those that change neither which rows it prints nor how.',
      type: 'array',
      // A list of what is refused would be leaky: getopt takes any abbreviation, and new releases add options.
      items: { enum: ['--local', '--federation', '--use-local-uid', '--verbose', '-v', '-vv', '-vvv'] },
      default: [],
      examples: [['--federation']],
    },
    timeoutSeconds: {
      description: 'Deadline of one call of sacct, in seconds; then it is killed, and the run ends with an error.',
      type: 'integer',
      minimum: 1,
      maximum: 86_400,
      default: 900,
    },
    maxProcesses: {
      description: 'Processes of Slurm at once: slurmdbd serves them all from one database.',
      type: 'integer',
      minimum: 1,
      maximum: 2,
      default: 2,
    },
    idsPerCall: {
      description:
        'Job ids asked for at once. From 200 on, MariaDB and MySQL look at every job instead of at these (eq_range_index_dive_limit).',
      type: 'integer',
      minimum: 1,
      maximum: 1000,
      default: 190,
    },
    sliceDays: {
      description: 'Days asked for at once, where a calendar month is too long: for the memory of sacct, or for MaxQueryTimeRange.',
      type: 'integer',
      minimum: 1,
      maximum: 366,
      examples: [7],
    },
  },
} as const;
