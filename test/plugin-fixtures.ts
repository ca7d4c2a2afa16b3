import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { Builtins } from '../src/core/plugin-module.js';
import { readPluginsFile, type PluginsFile, type PluginsFilePlaces } from '../src/core/plugins-file.js';

/** A folder with the fixture plugins and a plugins.json. A copy, so that it belongs to whoever runs the tests. */
export function pluginsFolder(t: Test, content: unknown): string {
  const folder = t.testdir({});
  mkdirSync(join(folder, 'plugins'));
  cpSync('test/fixtures/plugins', join(folder, 'plugins'), { recursive: true });
  writeFileSync(join(folder, 'plugins.json'), typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  return folder;
}

export function placesIn(folder: string): PluginsFilePlaces {
  return { flag: undefined, env: {}, workingDirectory: folder, system: join(folder, 'none'), packaged: join(folder, 'packaged.json') };
}

export function pluginsFileOf(t: Test, content: unknown): PluginsFile {
  return readPluginsFile(placesIn(pluginsFolder(t, content)));
}

/** Fixture plugins in the part of built-ins. */
export const FIXTURE_BUILTINS: Builtins = {
  greeter: () => import(new URL('../../test/fixtures/plugins/factory-source.mjs', import.meta.url).href) as Promise<unknown>,
  hollow: () => import(new URL('../../test/fixtures/plugins/hollow-sink.mjs', import.meta.url).href) as Promise<unknown>,
};
