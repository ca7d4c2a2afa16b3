import { computeResource } from './deployment.js';
import type { Deployment } from './deployment.js';
import type { Account, Allocation, Share, User } from './directory.js';

/** The two rows that a charge moves. */
export interface Accounting {
  readonly allocation: Allocation;
  readonly share: Share;
}

/** The rows of a user in an account, or the portal's sentence on why there are none. */
export function findAccounting(account: Account, user: User, deployment: Deployment): Accounting | string {
  const { allocation } = account;
  if (allocation?.status !== 'Active' || allocation.resource !== computeResource(account.name, deployment)) {
    return `Account ${account.name} has no active compute allocation.`;
  }
  if (account.members.get(user.username)?.active !== true) return `User ${user.username} is not a member of account ${account.name}.`;
  const share = allocation.shares.get(user.username);
  if (share?.active !== true) return `User ${user.username} is not an active member of the compute allocation for account ${account.name}.`;
  return { allocation, share };
}
