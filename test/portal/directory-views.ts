import { formatCents } from './decimal.js';
import type { Account, Allocation, Member, Share, User } from './directory.js';

/** How the portal shows people, accounts and allocations. */

export function viewUser(user: User): unknown {
  return {
    id: user.id,
    username: user.username,
    first_name: user.username.charAt(0).toUpperCase() + user.username.slice(1),
    last_name: 'Example',
    email: `${user.username}@example.org`,
    last_login: null,
    profile: {
      id: user.id,
      user: user.id,
      is_pi: false,
      middle_name: '',
      cluster_uid: user.clusterUid,
      access_agreement_signed_date: null,
    },
  };
}

/** Ids of the statuses of a project. */
const PROJECT_STATUSES: Readonly<Record<string, number>> = { New: 1, Active: 2, Archived: 3, Denied: 4, Inactive: 5 };
export const projectStatusNames = Object.keys(PROJECT_STATUSES);

export function viewAccount(account: Account, createdAt: string): unknown {
  return {
    id: account.id,
    created: createdAt,
    modified: createdAt,
    name: account.name,
    title: account.name,
    description: '',
    force_review: false,
    requires_review: true,
    field_of_science: 149,
    status: PROJECT_STATUSES[account.status] ?? null,
  };
}

export function viewMember(member: Member, account: Account): unknown {
  return { id: member.id, user: member.user.id, project: account.id, role: 'User', status: member.active ? 'Active' : 'Removed' };
}

export function viewAllocation(allocation: Allocation): unknown {
  return {
    id: allocation.id,
    project: allocation.account.name,
    resources: [{ name: allocation.resource }],
    status: allocation.status,
    quantity: 1,
    start_date: allocation.startDate,
    end_date: allocation.endDate,
    justification: '',
    description: null,
    is_locked: false,
  };
}

export const SERVICE_UNITS = 'Service Units';

export function viewAttribute(allocation: Allocation): unknown {
  return {
    id: allocation.attributeId,
    allocation_attribute_type: SERVICE_UNITS,
    allocation: allocation.id,
    value: allocation.serviceUnits,
    usage: { allocation_attribute: allocation.attributeId, value: formatCents(allocation.usage) },
  };
}

export function viewShare(share: Share, allocation: Allocation): unknown {
  return {
    id: share.id,
    allocation: allocation.id,
    user: share.user.username,
    user_id: share.user.id,
    project: allocation.account.name,
    status: share.active ? 'Active' : 'Removed',
  };
}

export function viewShareAttribute(share: Share, allocation: Allocation): unknown {
  return {
    id: share.id,
    allocation_attribute_type: SERVICE_UNITS,
    allocation: allocation.id,
    allocation_user: share.id,
    value: allocation.serviceUnits,
    usage: { allocation_user_attribute: share.id, value: formatCents(share.usage) },
  };
}

/** When the allowance was set, newest first; the last entry is its creation. */
export function viewHistory(allocation: Allocation, createdAt: string): unknown[] {
  const entries = [...allocation.history, { date: createdAt, value: allocation.serviceUnits, reason: null }];
  return entries.map(({ date, value, reason }, index) => ({
    history_id: entries.length - index,
    id: allocation.attributeId,
    value,
    history_date: date,
    history_change_reason: reason,
    history_type: index === entries.length - 1 ? '+' : '~',
    allocation_attribute_type: SERVICE_UNITS,
    allocation: allocation.id,
    history_user: null,
  }));
}
