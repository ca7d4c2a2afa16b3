import { didYouMean } from './did-you-mean.js';
import { BrcSyncError } from './errors.js';
import type { SinkAccount } from './job-sink.js';

/**
 * The accounts that --account names, or all, in order of name.
 * @throws BrcSyncError `USAGE` for a name that is not among them, where such are refused
 */
export function selectAccounts(
  wanted: readonly string[],
  accounts: readonly SinkAccount[],
  { unknown: treatment }: { readonly unknown: 'refuse' | 'ignore' },
): readonly SinkAccount[] {
  const sorted = [...accounts].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (wanted.length === 0) return sorted;
  const names = new Set(wanted);
  const selected = sorted.filter((account) => names.has(account.name));
  const unknown = wanted.filter((name) => !selected.some((account) => account.name === name));
  if (treatment === 'refuse' && unknown.length > 0) {
    const hint = didYouMean(
      unknown[0] as string,
      sorted.map((account) => account.name),
    );
    throw new BrcSyncError('USAGE', {
      message: `--account ${unknown.join(', ')}: no such account${hint}.`,
      remedy: 'Give the account’s exact name, as Slurm and the portal have it.',
    });
  }
  return selected;
}
