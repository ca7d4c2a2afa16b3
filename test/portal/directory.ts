import { parseMicros } from './micros.js';
import type { Micros } from './micros.js';

export interface User {
  readonly id: number;
  readonly username: string;
  readonly clusterUid: string | null;
  readonly staff: boolean;
  readonly superuser: boolean;
  active: boolean;
}

export interface Token {
  readonly key: string;
  readonly user: User;
  expiresAt: Micros | null;
}

/** A user's place in an account. */
export interface Member {
  readonly id: number;
  readonly user: User;
  active: boolean;
}

/** A user's place in an account's allocation, and what the user has used of it. */
export interface Share {
  readonly id: number;
  readonly user: User;
  active: boolean;
  /** Hundredths of SU. */
  usage: bigint;
}

export interface Allocation {
  readonly id: number;
  /** Of its one attribute, "Service Units". */
  readonly attributeId: number;
  readonly account: Account;
  readonly resource: string;
  status: string;
  startDate: string | null;
  endDate: string | null;
  serviceUnits: string;
  /** Hundredths of SU. */
  usage: bigint;
  readonly history: readonly { readonly date: string; readonly value: string; readonly reason: string | null }[];
  readonly shares: Map<string, Share>;
}

export interface Account {
  readonly id: number;
  readonly name: string;
  status: string;
  readonly members: Map<string, Member>;
  allocation: Allocation | null;
}

/** Everybody and everything but the jobs. The mutable fields are what staff change in the portal's own pages. */
export class Directory {
  readonly users: User[] = [];
  readonly usersByName = new Map<string, User>();
  readonly usersByUid = new Map<string, User>();
  readonly tokens = new Map<string, Token>();
  readonly accounts: Account[] = [];
  readonly accountsByName = new Map<string, Account>();

  get allocations(): Allocation[] {
    return this.accounts.flatMap((account) => account.allocation ?? []).sort((a, b) => a.id - b.id);
  }

  addUser(user: User): void {
    this.users.push(user);
    this.usersByName.set(user.username, user);
    if (user.clusterUid !== null) this.usersByUid.set(user.clusterUid, user);
  }

  addAccount(account: Account): void {
    this.accounts.push(account);
    this.accountsByName.set(account.name, account);
  }

  /** The account of that name; a test that names another is wrong. */
  account(name: string): Account {
    const account = this.accountsByName.get(name);
    if (account === undefined) throw new Error(`the seed has no account ${name}`);
    return account;
  }

  /** The allocation of that account; a test that asks for another is wrong. */
  allocation(name: string): Allocation {
    const { allocation } = this.account(name);
    if (allocation === null) throw new Error(`account ${name} has no allocation`);
    return allocation;
  }

  /** A user leaves an account, as when staff approve a removal: out of the project and of its allocation. */
  removeMember(accountName: string, username: string): void {
    const account = this.account(accountName);
    const member = account.members.get(username);
    if (member === undefined) throw new Error(`${username} is no member of ${accountName}`);
    member.active = false;
    const share = account.allocation?.shares.get(username);
    if (share !== undefined) share.active = false;
  }

  /** From `at` (ISO 8601) on, calls with this key are answered "Expired token.". */
  expireToken(key: string, at: string): void {
    const token = this.tokens.get(key);
    if (token === undefined) throw new Error('no such token');
    token.expiresAt = parseMicros(at);
  }
}
