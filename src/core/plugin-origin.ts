import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where a plugin comes from. */
export interface PluginOrigin {
  /** `built in`, `package NAME`, or the path of its module. */
  readonly origin: string;
  /** Of its package; null: it belongs to none. */
  readonly version: string | null;
}

interface Package {
  readonly name?: unknown;
  readonly version?: unknown;
}

const OWN = fileURLToPath(new URL('../..', import.meta.url));

/** @param module absolute path of the plugin's module; null: built in */
export function originOf(module: string | null): PluginOrigin {
  if (module === null) return { origin: 'built in', version: versionOf(packageAround(OWN)) };
  const found = packageAround(dirname(module));
  const isInstalled = module.split('/').includes('node_modules');
  return { origin: isInstalled && typeof found?.name === 'string' ? `package ${found.name}` : module, version: versionOf(found) };
}

function versionOf(found: Package | null): string | null {
  return typeof found?.version === 'string' ? found.version : null;
}

/** The nearest package.json, as Node looks for it. */
function packageAround(folder: string): Package | null {
  for (let place = folder; ; place = dirname(place)) {
    try {
      return JSON.parse(readFileSync(join(place, 'package.json'), 'utf8')) as Package;
    } catch {
      if (place === dirname(place) || basename(place) === 'node_modules') return null;
    }
  }
}
