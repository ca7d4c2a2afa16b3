import { BrcSyncError } from '../../../builtin-sdk.js';

/** Names that reach sacct's -A as they are: it cuts at commas and blanks and expands brackets. */
const SPEAKABLE = /^[A-Za-z0-9_][A-Za-z0-9_.+:@-]*$/;

/** @throws BrcSyncError INPUT_INVALID for an account that sacct cannot be asked for. */
export function assertSpeakable(accounts: readonly string[]): void {
  const bad = accounts.find((account) => !SPEAKABLE.test(account));
  if (bad === undefined) return;
  throw new BrcSyncError('INPUT_INVALID', {
    message: `sacct cannot be asked for the account ${JSON.stringify(bad)}: it would take the name for something else.`,
    remedy: 'Leave the account out of the run, or correct its name in the portal: no account of Slurm has such a name.',
    context: { account: bad },
  });
}
