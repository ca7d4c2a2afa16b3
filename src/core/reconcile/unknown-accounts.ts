import { chargeJob } from '../charge.js';
import { foldRows } from '../fold-rows.js';
import type { SinkAccount } from '../job-sink.js';
import { formatAmount } from '../service-units.js';
import type { Window } from '../window.js';
import type { AccountRows } from './account-rows.js';
import { makeFinding } from './facts.js';
import type { Reconciliation } from './update.js';

/** What is needed of a full reconciliation to find them. */
export interface WithUnknownAccounts extends Reconciliation {
  /** The sink's accounts. */
  readonly accounts: readonly SinkAccount[];
  /** In which jobs of accounts are counted that only the source knows. */
  readonly unknownWindow: Window;
}

/** Accounts that the source may have jobs of and the sink does not know, in order of name; none where the source cannot tell. */
export async function unknownAccounts(run: WithUnknownAccounts): Promise<readonly string[]> {
  const names = (await run.source.accounts(run.unknownWindow)) ?? [];
  const known = new Set(run.accounts.map((account) => account.name));
  return [...new Set(names)].sort().filter((name) => !known.has(name) && (run.onlyAccounts.size === 0 || run.onlyAccounts.has(name)));
}

/** Counts their jobs, with their SU: nothing bills them. */
export async function reportUnknownAccounts(names: readonly string[], rows: AccountRows, run: WithUnknownAccounts): Promise<void> {
  for (const name of names) {
    run.signal.throwIfAborted();
    const { count, amount } = await costOfAccount(name, rows, run);
    if (count === 0) continue;
    const message = `The sink has no account ${name}; its ${count} ended jobs would cost ${formatAmount(amount)} SU.`;
    run.plan.addFinding(makeFinding('unknown-account', { jobId: null, account: name, message, suAtStake: amount }));
  }
  await run.plan.flush();
}

async function costOfAccount(name: string, accountRows: AccountRows, run: WithUnknownAccounts): Promise<{ count: number; amount: bigint }> {
  const rows = await accountRows.rowsOf(name);
  let count = 0;
  let amount = 0n;
  for (const found of rows.values()) {
    for (const folded of foldRows(found)) {
      const { cluster } = run.context;
      if (!folded.ended || !folded.ran || (cluster !== null && folded.job.cluster !== null && folded.job.cluster !== cluster)) continue;
      count += 1;
      amount += chargeJob(folded, '', run.context.pricing).amount;
    }
  }
  return { count, amount };
}
