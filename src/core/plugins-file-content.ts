import type { ConfigProblem } from './config-problem.js';
import { compileChecker, type SchemaProblem } from './plugin-config.js';
import { REPLACES_SCHEMA, type Replaces } from './retired/replaced-script.js';
import { DEFAULT_SITE, mergeSite, SITE_SCHEMA, siteProblems, type SiteConfig, type SiteSettings } from './site.js';

/** An instance as it stands in plugins.json. */
export interface InstanceEntry {
  readonly name: string;
  readonly plugin: string;
  /** Not yet checked by the plugin's schema. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly site: SiteSettings;
  /** The one cluster a sink bills (money 3). */
  readonly cluster: string | null;
  /** Scripts whose token files and logs a sink takes over. */
  readonly replaces: Replaces | null;
  /** JSON pointer to the entry. */
  readonly pointer: string;
}

/** JSON Schema of plugins.json; each plugin's own schema says what its `config` may hold. */
export const PLUGINS_FILE_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'plugins.json',
  type: 'object',
  additionalProperties: false,
  required: ['instances'],
  properties: {
    $schema: { type: 'string' },
    site: SITE_SCHEMA,
    instances: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'plugin'],
        properties: {
          name: {
            description: 'What --source and --sink name it by.',
            type: 'string',
            pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$',
            examples: ['mybrc'],
          },
          plugin: {
            description: "A built-in, an npm package installed beside this file, or the path of a module or of a package's folder.",
            type: 'string',
            minLength: 1,
            examples: ['log'],
          },
          config: { description: "The plugin's own configuration.", type: 'object', examples: [{}] },
          site: SITE_SCHEMA,
          cluster: {
            description: 'The one cluster of Slurm that a sink bills; needed where the source has several.',
            type: 'string',
            minLength: 1,
            examples: ['brc'],
          },
          replaces: REPLACES_SCHEMA,
        },
      },
      examples: [[{ name: 'log', plugin: 'log' }]],
    },
  },
} as const;

interface Content {
  /** The instances that can be looked at; what keeps others from it is among the problems. */
  readonly instances: readonly InstanceEntry[];
  readonly problems: readonly ConfigProblem[];
}

/** A part of the document before its schema has passed. */
type Unchecked = Readonly<Record<string, unknown>>;

/** Checks the document as far as it can be without its plugins; relative paths of `site` become absolute. */
export function interpretPluginsFile(document: unknown, doubledKeys: readonly string[], baseDirectory: string): Content {
  const shapeProblems = compileChecker(PLUGINS_FILE_SCHEMA)(document);
  const file = isObject(document) ? document : {};
  const entries = Array.isArray(file.instances) ? (file.instances as unknown[]).map((entry) => (isObject(entry) ? entry : {})) : [];
  const problems = [
    ...shapeProblems,
    ...doubledKeys.map((pointer) => ({ pointer, what: 'stands there twice: keep one' })),
    ...doubledNames(entries),
    ...(shapeProblems.length > 0 ? [] : sitesProblems(file, entries)),
  ];
  // Settings of a file that is refused anyway are not worth merging; its instances are still looked at, so that everything is told at once.
  const siteOf = shapeProblems.length > 0 ? () => DEFAULT_SITE : siteMerger(file, baseDirectory);
  return {
    instances: entries.flatMap((entry, index) => instanceEntry(entry, `/instances/${index}`, siteOf)),
    problems: problems.map((problem) => ({ code: 'CONFIG_INVALID', instance: instanceNameAt(entries, problem.pointer), ...problem })),
  };
}

function doubledNames(entries: readonly Unchecked[]): SchemaProblem[] {
  const names = entries.map((entry) => entry.name);
  return names.flatMap((name, index) => {
    const first = names.indexOf(name);
    if (typeof name !== 'string' || first === index) return [];
    return [{ pointer: `/instances/${index}/name`, what: `is the name of /instances/${first} already; each instance needs its own` }];
  });
}

function sitesProblems(file: Unchecked, entries: readonly Unchecked[]): SchemaProblem[] {
  const sites = [
    { pointer: '/site', site: siteConfigOf(file) },
    ...entries.map((entry, index) => ({ pointer: `/instances/${index}/site`, site: siteConfigOf(entry) })),
  ];
  return sites.flatMap(({ pointer, site }) =>
    siteProblems(site).map(({ key, what, example }) => ({ pointer: `${pointer}/${key}`, what, example })),
  );
}

function siteMerger(file: Unchecked, baseDirectory: string): (entry: Unchecked) => SiteSettings {
  const shared = mergeSite(DEFAULT_SITE, siteConfigOf(file), baseDirectory);
  return (entry) => mergeSite(shared, siteConfigOf(entry), baseDirectory);
}

/** Only for a document whose schema has passed. */
function siteConfigOf(holder: Unchecked): SiteConfig {
  return (holder.site ?? {}) satisfies SiteConfig;
}

function instanceEntry(entry: Unchecked, pointer: string, siteOf: (entry: Unchecked) => SiteSettings): InstanceEntry[] {
  const { name, plugin, config = {}, cluster, replaces } = entry;
  if (typeof name !== 'string' || typeof plugin !== 'string' || !isObject(config)) return [];
  return [
    {
      name,
      plugin,
      config,
      site: siteOf(entry),
      cluster: typeof cluster === 'string' ? cluster : null,
      // A wrong one is among the problems, so nothing is opened with it.
      replaces: isObject(replaces) ? replaces : null,
      pointer,
    },
  ];
}

function instanceNameAt(entries: readonly Unchecked[], pointer: string): string | null {
  const index = /^[/]instances[/](\d+)/.exec(pointer)?.[1];
  const name = index === undefined ? undefined : entries[Number(index)]?.name;
  return typeof name === 'string' ? name : null;
}

function isObject(value: unknown): value is Unchecked {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
