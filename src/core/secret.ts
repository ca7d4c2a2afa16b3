import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { inspect } from 'node:util';
import { BrcSyncError } from './errors.js';
import type { Secret, SecretReference, SecretResolver } from './plugin-environment.js';

const SHOWN = '[secret]';
const READABLE_BY_OTHERS = 0o004;

/** Holds a value that only `reveal()` gives away: printing, inspecting or serialising it shows `[secret]`. */
class HiddenText implements Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  [inspect.custom](): string {
    return SHOWN;
  }
}

/** Wraps a value so that it prints as `[secret]`. */
export function createSecret(value: string): Secret {
  return new HiddenText(value);
}

/** Marks a schema whose errors never show what was found; a comment, because ajv's strict mode knows no other free keyword. */
export const SECRET_MARK = 'brc-sync: a secret reference';

/** Part of a config schema: a reference to a secret. A literal one is refused, and the error never shows it. */
export const SECRET_SCHEMA = {
  $comment: SECRET_MARK,
  description: 'Where the secret lies: an environment variable, or a file (a relative path counts from plugins.json).',
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 1,
  properties: {
    env: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$', examples: ['BRC_SYNC_TOKEN'] },
    file: { type: 'string', minLength: 1, examples: ['portal.token'] },
  },
  examples: [{ env: 'BRC_SYNC_TOKEN' }],
} as const;

export interface SecretResolverOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative files count from here. */
  readonly baseDirectory: string;
  /** Told when a secret file is readable by others. */
  readonly warn: (message: string) => void;
}

/** Reads secrets when they are needed; an unset variable or an unreadable or empty file is `CONFIG_INVALID`. */
export function createSecretResolver(options: SecretResolverOptions): SecretResolver {
  return {
    async resolve(reference: SecretReference): Promise<Secret> {
      if ('env' in reference) return fromEnvironment(reference.env, options.env);
      return fromFile(credentialFor(reference.file, options.env) ?? resolve(options.baseDirectory, reference.file), options.warn);
    },
  };
}

function fromEnvironment(name: string, env: SecretResolverOptions['env']): Secret {
  const value = env[name]?.trim();
  if (value) return createSecret(value);
  throw new BrcSyncError('CONFIG_INVALID', {
    message: `the environment variable ${name}, which should hold a secret, is ${value === undefined ? 'not set' : 'empty'}`,
    remedy: `Set it where brc-sync runs, for example: export ${name}="$(cat /path/to/token)". A cron job or a service has its own environment.`,
    context: { variable: name },
  });
}

/** A unit of systemd hands over files that only root may read (LoadCredential=); one with the name of this file is read instead of it. */
function credentialFor(file: string, { CREDENTIALS_DIRECTORY: directory }: SecretResolverOptions['env']): string | null {
  if (directory === undefined || directory === '') return null;
  const path = join(directory, basename(file));
  return existsSync(path) ? path : null;
}

async function fromFile(path: string, warn: (message: string) => void): Promise<Secret> {
  const text = await readSecretFile(path);
  if (((await stat(path)).mode & READABLE_BY_OTHERS) !== 0) {
    warn(`the secret file ${path} is readable by every user of this machine; close it: chmod 600 ${path}`);
  }
  const value = text.trim();
  if (value !== '') return createSecret(value);
  throw new BrcSyncError('CONFIG_INVALID', {
    message: `the secret file ${path} is empty`,
    remedy: 'Write the token into it, and nothing else.',
    context: { file: path },
  });
}

async function readSecretFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new BrcSyncError('CONFIG_INVALID', {
      message: `the secret file ${path} cannot be read: ${error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'}`,
      remedy: 'Check its path (a relative one counts from plugins.json) and that the user who runs brc-sync may read it.',
      context: { file: path },
      cause: error,
    });
  }
}
