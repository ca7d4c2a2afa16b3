import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { LoadedInstance } from '../plugin-loader.js';
import type { ConfigSchema } from '../plugin.js';
import { SECRET_MARK } from '../secret.js';
import { warning, type Check } from './check.js';

const OPEN_TO_OTHERS = 0o007;

/** Files of secrets that others may read or write; whether they can be used at all, the instance says. */
export function checkSecretFiles({ name, config, definition }: LoadedInstance, baseDirectory: string): Check[] {
  return Object.entries(config).flatMap(([key, value]) => {
    const file = isSecret(definition.configSchema, key) ? fileOf(value) : null;
    if (file === null) return [];
    const path = resolve(baseDirectory, file);
    const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
    if ((mode & OPEN_TO_OTHERS) === 0) return [];
    return [warning(`${name} ${key}`, `${path} is open to other users of this machine`, `Close it: chmod 600 ${path}`)];
  });
}

/** Also one of several things that may stand there. */
function isSecret({ properties }: ConfigSchema, key: string): boolean {
  return JSON.stringify((properties as ConfigSchema | undefined)?.[key] ?? null).includes(SECRET_MARK);
}

function fileOf(value: unknown): string | null {
  const file = typeof value === 'object' && value !== null && 'file' in value ? value.file : null;
  return typeof file === 'string' ? file : null;
}
