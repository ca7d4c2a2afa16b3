import { Directory } from './directory.js';
import type { Account, Allocation, User } from './directory.js';
import { parseMicros } from './micros.js';
import type { Seed, SeedAllocation, SeedProject } from './seed.js';

/** The directory that a seed describes. Ids that the seed leaves out count from 1 in the order listed, as the portal numbers rows. */
export function readSeed(seed: Seed): Directory {
  const directory = new Directory();
  seed.users.forEach((user, index) => {
    directory.addUser({
      id: user.id ?? index + 1,
      username: user.username,
      clusterUid: user.cluster_uid,
      staff: user.staff ?? false,
      superuser: user.superuser ?? false,
      active: user.active ?? true,
    });
  });
  const numbers = { account: 0, member: 0, allocation: 0, share: 0 };
  for (const project of seed.projects) addAccount(directory, project, numbers);
  for (const token of Object.values(seed.tokens)) {
    if (token.user === null) continue;
    const expiresAt = token.expired === undefined ? null : parseMicros(token.expired);
    directory.tokens.set(token.key, { key: token.key, user: userNamed(directory, token.user), expiresAt });
  }
  return directory;
}

type Numbers = Record<'account' | 'member' | 'allocation' | 'share', number>;

function addAccount(directory: Directory, project: SeedProject, numbers: Numbers): void {
  numbers.account += 1;
  const account: Account = {
    id: project.id ?? numbers.account,
    name: project.name,
    status: project.status ?? 'Active',
    members: new Map(),
    allocation: null,
  };
  const people: [User, boolean][] = [
    ...project.members.map((name): [User, boolean] => [userNamed(directory, name), true]),
    ...(project.removed ?? []).map((name): [User, boolean] => [userNamed(directory, name), false]),
  ];
  for (const [user, active] of people) {
    numbers.member += 1;
    account.members.set(user.username, { id: numbers.member, user, active });
  }
  if (project.allocation !== null) account.allocation = allocationOf(account, project.allocation, people, numbers);
  directory.addAccount(account);
}

function allocationOf(account: Account, seed: SeedAllocation, people: [User, boolean][], numbers: Numbers): Allocation {
  numbers.allocation += 1;
  const allocation: Allocation = {
    id: seed.id ?? numbers.allocation,
    attributeId: numbers.allocation,
    account,
    resource: seed.resource,
    status: seed.status ?? 'Active',
    startDate: seed.start_date,
    endDate: seed.end_date,
    serviceUnits: seed.service_units,
    usage: 0n,
    history: seed.history ?? [],
    shares: new Map(),
  };
  for (const [user, active] of people) {
    numbers.share += 1;
    allocation.shares.set(user.username, { id: numbers.share, user, active, usage: 0n });
  }
  return allocation;
}

function userNamed(directory: Directory, name: string): User {
  const user = directory.usersByName.get(name);
  if (user === undefined) throw new Error(`the seed names ${name}, who is not among its users`);
  return user;
}
