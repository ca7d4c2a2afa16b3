import nodeModule from 'node:module';
import { pathToFileURL } from 'node:url';
import { resolve as resolveModule } from 'import-meta-resolve';
import type { HostAddresses } from './host-hooks.js';

const HOST: HostAddresses = {
  'brc-sync/sdk': new URL('../sdk.js', import.meta.url).href,
  'brc-sync/testkit': new URL('../testkit.js', import.meta.url).href,
};

let isOffered = false;

/**
 * A plugin that lies where no brc-sync is installed, in /etc say, gets this one for what it imports as `brc-sync/sdk`. One that finds a brc-sync by
 * itself keeps it.
 *
 * @param module absolute path of the plugin's module
 */
export function offerHost(module: string): void {
  if (isOffered || seesHost(module)) return;
  isOffered = true;
  // Newer Nodes resolve in the same thread, older ones in another.
  const { registerHooks } = nodeModule as { readonly registerHooks?: (hooks: { readonly resolve: ResolveHere }) => unknown };
  if (registerHooks === undefined) nodeModule.register(new URL('./host-hooks.js', import.meta.url), { data: HOST });
  else registerHooks({ resolve: resolveHere });
}

function seesHost(module: string): boolean {
  try {
    resolveModule('brc-sync/sdk', pathToFileURL(module).href);
    return true;
  } catch {
    return false;
  }
}

interface Resolved {
  readonly url: string;
  readonly shortCircuit?: boolean;
}

type ResolveHere = (specifier: string, context: unknown, next: (specifier: string, context: unknown) => Resolved) => Resolved;

const resolveHere: ResolveHere = (specifier, context, next) => {
  try {
    return next(specifier, context);
  } catch (error) {
    const url = HOST[specifier];
    if (url === undefined) throw error;
    return { url, shortCircuit: true };
  }
};
