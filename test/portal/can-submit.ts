import { findAccounting } from './accounting.js';
import { formatCents, parseDecimal, toCents } from './decimal.js';
import { hasPrefix } from './deployment.js';
import { AMOUNT } from './field.js';
import { jsonReply } from './reply.js';
import type { Reply } from './reply.js';
import type { Tables } from './validate-job.js';

/** `GET /can_submit_job/{cost}/{uid}/{account}/`: whether an allowance still covers a job of that cost. Writes nothing. */
export function canSubmit(costText: string, uid: string, accountName: string, tables: Tables): Reply {
  const cost = parseDecimal(costText);
  if (cost === null) {
    return answer(400, `Encountered exception [<class 'decimal.ConversionSyntax'>] when converting job_cost ${costText} to a decimal.`);
  }
  if (cost.negative) return answer(400, `job_cost ${costText} is not nonnegative.`);
  if (cost.digits.length > AMOUNT.digits) return answer(400, `job_cost ${costText} has greater than ${AMOUNT.digits} digits.`);
  if (Math.abs(cost.exponent) > AMOUNT.decimals) {
    return answer(400, `job_cost ${costText} has greater than ${AMOUNT.decimals} decimal places.`);
  }
  const user = tables.directory.usersByUid.get(uid);
  if (user === undefined) return answer(400, `No user exists with user_id ${uid}.`);
  const account = tables.directory.accountsByName.get(accountName);
  if (account === undefined) return answer(400, `No account exists with account_id ${accountName}.`);

  const accounting = findAccounting(account, user, tables.deployment);
  if (typeof accounting === 'string') return answer(200, accounting);
  const { allocation, share } = accounting;
  const { allowancePrefixes, unlimitedPrefixes } = tables.deployment;
  if (hasPrefix(accountName, allowancePrefixes) && !hasPrefix(accountName, unlimitedPrefixes)) {
    const allowance = parseDecimal(allocation.serviceUnits);
    const limit = allowance === null ? 0n : toCents(allowance, 'down');
    for (const [owner, usage] of [['account', allocation.usage] as const, ['user', share.usage] as const]) {
      if (toCents(cost, 'down') + usage <= limit) continue;
      return answer(
        200,
        `Adding job_cost ${costText} to ${owner} balance ${formatCents(usage)} would exceed ${owner} allocation ${allocation.serviceUnits}.`,
      );
    }
  }
  return jsonReply(200, { success: true, message: `A job with job_cost ${costText} can be submitted.` });
}

function answer(status: number, message: string): Reply {
  return jsonReply(status, { success: false, message });
}
