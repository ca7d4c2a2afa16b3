import { join } from 'node:path';
import { Flags } from '@oclif/core';
import type { PluginsFilePlaces } from '../core/plugins-file.js';

export const pluginsFlag = Flags.string({
  description: 'The plugins file. Otherwise $BRC_SYNC_PLUGINS, ./plugins.json, /etc/brc-sync/plugins.json, or the one of the package.',
  helpValue: 'FILE',
});

/** Where plugins.json may lie; `root` is the folder of the installed package. */
export function pluginsFilePlaces(flag: string | undefined, root: string): PluginsFilePlaces {
  return { flag, env: process.env, workingDirectory: process.cwd(), packaged: join(root, 'plugins.json') };
}
