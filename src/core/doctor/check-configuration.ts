import { resolve } from 'node:path';
import { localTime } from '../local-time.js';
import type { Instant } from '../job.js';
import { loadInstances, type LoadedInstance } from '../plugin-loader.js';
import type { Builtins } from '../plugin-module.js';
import { readPluginsFile, type PluginsFile, type PluginsFilePlaces } from '../plugins-file.js';
import { failure, failureOf, ok, type Check } from './check.js';

const PACKAGED = ', the set of the package; `brc-sync init` makes one for a site';

export interface Configuration {
  readonly checks: readonly Check[];
  /** Null: it cannot be used, and nothing that it names can be looked at. */
  readonly usable: { readonly file: PluginsFile; readonly instances: readonly LoadedInstance[] } | null;
}

/** Finds plugins.json, checks all of it, and loads the plugins that it names. */
export async function checkConfiguration(
  places: PluginsFilePlaces,
  builtins: Builtins,
  names: readonly string[] | null,
): Promise<Configuration> {
  try {
    const file = readPluginsFile(places);
    const all = await loadInstances(file, builtins);
    const instances = names === null ? all : await loadInstances(file, builtins, names);
    const isPackaged = resolve(file.path) === resolve(places.packaged);
    const configuration = ok('configuration', isPackaged ? `${file.path}${PACKAGED}` : file.path);
    if (all.length === 0) {
      const none = failure(
        'plugins',
        'there is no instance',
        'Add a source and a sink to "instances"; `brc-sync init` writes a file with both.',
      );
      return { checks: [configuration, none], usable: null };
    }
    const kinds = instances.map(({ name, plugin, definition }) => `${name} (${definition.kind} ${plugin})`);
    return { checks: [configuration, ok('plugins', kinds.join(', '))], usable: { file, instances } };
  } catch (error) {
    return { checks: [failureOf('configuration', error)], usable: null };
  }
}

/** That the zone exists is checked with the file; what time it is there, only a person can. */
export function checkTimeZone({ name, site }: LoadedInstance, now: Instant): Check {
  const { timeZone, allocationYearStart } = site;
  return ok(`${name} time zone`, `${timeZone}, where it is ${localTime(now, timeZone)}; the allocation year begins ${allocationYearStart}`);
}
