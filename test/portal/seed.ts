/** What the stand-in starts from: the form of the recordings' `seed.json`, with a few optional additions. */
export interface Seed {
  readonly about?: string;
  /** Which of the two deployments this is; `mybrc` unless told. */
  readonly deployment?: 'mybrc' | 'mylrc';
  readonly users: readonly SeedUser[];
  readonly tokens: Readonly<Record<string, SeedToken>>;
  readonly projects: readonly SeedProject[];
  /** Stored and charged as by POST, which needs no end to charge, in this order; before `jobs`. */
  readonly posted?: readonly Readonly<Record<string, unknown>>[];
  /** Stored and charged as by PUT, in this order. */
  readonly jobs?: readonly Readonly<Record<string, unknown>>[];
}

export interface SeedUser {
  /** Position in the list, from 1, unless told. */
  readonly id?: number;
  readonly username: string;
  readonly cluster_uid: string | null;
  readonly staff?: boolean;
  readonly superuser?: boolean;
  readonly active?: boolean;
}

export interface SeedToken {
  readonly key: string;
  /** Null for a key that the portal does not know. */
  readonly user: string | null;
  /** ISO 8601; a token without it never expires. */
  readonly expired?: string;
}

export interface SeedProject {
  readonly id?: number;
  readonly name: string;
  readonly status?: string;
  readonly members: readonly string[];
  readonly removed?: readonly string[];
  readonly allocation: SeedAllocation | null;
}

export interface SeedAllocation {
  readonly id?: number;
  readonly resource: string;
  readonly status?: string;
  /** `YYYY-MM-DD`, Pacific time. */
  readonly start_date: string | null;
  readonly end_date: string | null;
  readonly service_units: string;
  /** When and why the allowance was set, newest first. */
  readonly history?: readonly { readonly date: string; readonly value: string; readonly reason: string | null }[];
}
