import { API_VERSION } from './plugin.js';

/** What keeps a module's default export from being a plugin definition, as the rest of a sentence; null: nothing. */
export function definitionFault(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) {
    return 'has no plugin definition as default export: export default defineSource({ … }) or defineSink({ … })';
  }
  const definition = value as Readonly<Record<string, unknown>>;
  const { apiVersion } = definition;
  // Of a newer definition nothing else can be judged.
  if (typeof apiVersion === 'number' && apiVersion > API_VERSION) return newerApi(definition, apiVersion);
  const faults = [
    apiVersion === API_VERSION ? null : `apiVersion must be ${API_VERSION}, the only one this version of brc-sync knows`,
    definition.kind === 'source' || definition.kind === 'sink' ? null : 'kind must be "source" or "sink"',
    isText(definition.name) ? null : 'name must be a text',
    isText(definition.description) ? null : 'description must be a text',
    typeof definition.configSchema === 'object' && definition.configSchema !== null ? null : 'configSchema must be a JSON Schema',
    wayFault(definition),
  ].filter((fault) => fault !== null);
  return faults.length === 0 ? null : `has a definition that is not valid: ${faults.join('; ')}`;
}

function newerApi({ name }: Readonly<Record<string, unknown>>, apiVersion: number): string {
  const plugin = isText(name) ? `the plugin "${String(name)}"` : 'a plugin';
  return `is ${plugin} for version ${apiVersion} of the plugin API, and this brc-sync knows version ${API_VERSION}: install a newer brc-sync, or an older version of the plugin`;
}

function wayFault(definition: Readonly<Record<string, unknown>>): string | null {
  const ways = [definition.useClass, definition.useFactory].filter((way) => way !== undefined);
  return ways.length === 1 && typeof ways[0] === 'function'
    ? null
    : 'useClass (a class) or useFactory (a function), one of them, must be there';
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
