/** What differs between the two deployments of the portal: allowances by the prefix of an account's name, and the allowance year. */
export interface Deployment {
  readonly primaryResource: string;
  /** Prefixes of accounts that draw on the primary cluster. */
  readonly allowancePrefixes: readonly string[];
  /** Prefixes of allowances that are checked against an end (contract portal-coldfront.md, charging). */
  readonly periodicPrefixes: readonly string[];
  /** Prefixes of accounts whose service units never run out. */
  readonly unlimitedPrefixes: readonly string[];
  /** Month of the first day of the allowance year, 1 to 12. */
  readonly yearStartMonth: number;
  /** Compute resources that exist whether an allocation uses them or not. */
  readonly resources: readonly string[];
}

export const DEPLOYMENTS: Readonly<Record<'mybrc' | 'mylrc', Deployment>> = {
  mybrc: {
    primaryResource: 'Savio Compute',
    allowancePrefixes: ['ac_', 'co_', 'fc_', 'ic_', 'pc_'],
    periodicPrefixes: ['fc_', 'ic_', 'pc_'],
    unlimitedPrefixes: ['co_'],
    yearStartMonth: 6,
    resources: ['Savio Compute', 'Vector Compute', 'ABC Compute'],
  },
  mylrc: {
    primaryResource: 'LAWRENCIUM Compute',
    allowancePrefixes: ['ac_', 'lr_', 'pc_'],
    periodicPrefixes: ['pc_'],
    unlimitedPrefixes: ['lr_', 'ac_'],
    yearStartMonth: 10,
    resources: ['LAWRENCIUM Compute'],
  },
};

export function hasPrefix(accountName: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => accountName.startsWith(prefix));
}

/** The compute resource an account's allocation must name to count. */
export function computeResource(accountName: string, deployment: Deployment): string {
  if (hasPrefix(accountName, deployment.allowancePrefixes)) return deployment.primaryResource;
  if (deployment === DEPLOYMENTS.mybrc && accountName.startsWith('vector_')) return 'Vector Compute';
  if (deployment === DEPLOYMENTS.mybrc && accountName.startsWith('abc_')) return 'ABC Compute';
  return `${accountName.toUpperCase()} Compute`;
}
