import { BrcSyncError, type ErrorCode } from '../../../builtin-sdk.js';

interface FailedCall {
  readonly command: readonly string[];
  readonly timeoutSeconds: number;
}

export interface BadEnding {
  readonly status: number | null;
  readonly killedBy: string | null;
  /** What the program wrote to standard error. */
  readonly complaint: string;
}

interface KnownFailure {
  readonly says: RegExp;
  readonly code: ErrorCode;
  readonly meaning: string;
  readonly remedy: string;
}

/** Slurm's words for what can go wrong (contract slurm.md 2.5, 2.8; 22.05.8 and 25.11.7); the first that fits counts. */
const KNOWN: readonly KnownFailure[] = [
  {
    says: /Too wide of a date range/i,
    code: 'CONFIG_INVALID',
    meaning: 'slurmdbd answers no question about so long a time (MaxQueryTimeRange in slurmdbd.conf)',
    remedy: 'Set sliceDays to fewer days than MaxQueryTimeRange, or make the user who runs brc-sync an Operator: sacctmgr modify user.',
  },
  {
    says: /authentication|credential|munge|access denied|permission denied|not authorized|privilege/i,
    code: 'UNAUTHORISED',
    meaning: 'Slurm does not accept who asks',
    remedy: 'Check that munge runs and has the key of the cluster, and that this user may read the accounting.',
  },
  {
    says: /Unable to connect to database|database.*gone away/i,
    code: 'SOURCE_UNREACHABLE',
    meaning: 'slurmdbd has lost its database',
    remedy: 'Start MariaDB (or MySQL) of slurmdbd, and run again: nothing was written.',
  },
  {
    says: /Connection refused|Connection timed out|Problem talking to the database|persistent connection|PersistInit|No route to host/i,
    code: 'SOURCE_UNREACHABLE',
    meaning: 'slurmdbd does not answer',
    remedy: 'Start slurmdbd, or check AccountingStorageHost and AccountingStoragePort in slurm.conf, and run again: nothing was written.',
  },
  {
    says: /configuration source|failed to fetch config|slurm\.conf|Unable to process configuration/i,
    code: 'CONFIG_INVALID',
    meaning: 'it finds no slurm.conf',
    remedy: 'Set slurmConf in the configuration of the instance, or $SLURM_CONF.',
  },
  {
    says: /Invalid field requested|unrecognized option|invalid option|Invalid time specification/i,
    code: 'CONFIG_INVALID',
    meaning: 'it does not understand the question',
    remedy: 'Slurm 20.02 or newer is needed; see "sacct --version", and check command and extraArguments of the instance.',
  },
  {
    says: /too large|Argument list too long|out of memory|Cannot allocate memory/i,
    code: 'SOURCE_UNREACHABLE',
    meaning: 'the answer is too large for it',
    remedy: 'Set sliceDays to fewer days, so that less is asked for at once.',
  },
];

/** @returns SOURCE_UNREACHABLE for a program that is not there or cannot be run. */
export function notStarted(call: FailedCall, cause: unknown): BrcSyncError {
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
  const what = reason === 'ENOENT' ? 'there is no such program' : `it cannot be started (${reason})`;
  return failure('SOURCE_UNREACHABLE', call, {
    message: `${nameOf(call)}: ${what}.`,
    remedy: 'Install the Slurm client tools, or say in the configuration of the instance where they are: "command", "sacctmgr".',
    cause,
  });
}

export function deadlineMissed(call: FailedCall, complaint: string): BrcSyncError {
  return failure('SOURCE_UNREACHABLE', call, {
    message: `${nameOf(call)}: it was not done after ${call.timeoutSeconds} s and was killed; what it had answered is not used.${quote(complaint)}`,
    remedy: 'Check how slurmdbd and its database do, set sliceDays to fewer days, or raise timeoutSeconds.',
  });
}

export function endedBadly(call: FailedCall, ending: BadEnding): BrcSyncError {
  const known = KNOWN.find(({ says }) => says.test(ending.complaint));
  const end = ending.killedBy === null ? `exit status ${ending.status ?? 'unknown'}` : `killed by ${ending.killedBy}`;
  return failure(known?.code ?? 'SOURCE_UNREACHABLE', call, {
    message: `${nameOf(call)}: ${known === undefined ? 'it failed' : known.meaning} (${end}); what it had answered is not used.${quote(ending.complaint)}`,
    remedy:
      known?.remedy ?? (ending.killedBy === 'SIGKILL' ? OUT_OF_MEMORY : 'Run it by hand to see more; the log of slurmdbd may say why.'),
  });
}

const OUT_OF_MEMORY = 'It may have needed more memory than there is: set sliceDays to fewer days.';

function failure(
  code: ErrorCode,
  call: FailedCall,
  details: { readonly message: string; readonly remedy: string; readonly cause?: unknown },
): BrcSyncError {
  // The last arguments may be a thousand ids.
  return new BrcSyncError(code, { ...details, context: { command: call.command.join(' ').slice(0, 500) } });
}

function nameOf(call: FailedCall): string {
  return call.command[0] ?? '';
}

function quote(complaint: string): string {
  const words = complaint.replace(/\s+/g, ' ');
  return words === '' ? '' : ` It said: ${words.length > 300 ? `…${words.slice(-300)}` : words}`;
}
