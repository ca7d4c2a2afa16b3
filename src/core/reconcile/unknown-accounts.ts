import { chargeJob } from '../charge.js';
import { foldRows } from '../fold-rows.js';
import { formatAmount } from '../service-units.js';
import type { Window } from '../window.js';
import { makeFinding } from './facts.js';
import type { FullReconciliation } from './full.js';

/** Counts the jobs of accounts that only the source knows, with their SU: nothing bills them. */
export async function reportUnknownAccounts(window: Window, run: FullReconciliation): Promise<void> {
  const names = await run.source.accounts(window);
  if (names === null) return;
  const known = new Set(run.accounts.map((account) => account.name));
  for (const name of [...names].sort()) {
    run.signal.throwIfAborted();
    if (known.has(name) || (run.onlyAccounts.size > 0 && !run.onlyAccounts.has(name))) continue;
    const { count, amount } = await costOfAccount(name, window, run);
    if (count === 0) continue;
    const message = `The sink has no account ${name}; its ${count} ended jobs would cost ${formatAmount(amount)} SU.`;
    run.plan.addFinding(makeFinding('unknown-account', { jobId: null, account: name, message, suAtStake: amount }));
  }
  await run.plan.flush();
}

async function costOfAccount(name: string, window: Window, run: FullReconciliation): Promise<{ count: number; amount: bigint }> {
  const rows = await run.source.rowsOfAccount(name, window);
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
