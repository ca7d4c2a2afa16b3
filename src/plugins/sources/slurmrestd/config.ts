import { SECRET_SCHEMA, type SecretReference } from '../../../builtin-sdk.js';

/** Where the token comes from: a secret, or a command that prints one. */
export type TokenSource = SecretReference | { readonly command: readonly string[] };

export interface SlurmrestdConfig {
  readonly url: string;
  readonly version?: string;
  readonly user?: string;
  readonly token: TokenSource;
  readonly clusters?: readonly string[];
  readonly sliceSeconds: number;
  readonly maxReplyBytes: number;
  readonly timeoutSeconds: number;
  readonly allowInsecure: boolean;
  readonly caFile?: string;
  readonly onError: 'fail' | 'skip';
}

/** What may stand in a path of slurmrestd, or in a list that it splits at commas. */
const NAME = '^[A-Za-z0-9_][A-Za-z0-9_.-]*$';

export const SLURMRESTD_CONFIG_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['url', 'token'],
  properties: {
    url: {
      description: 'Where slurmrestd listens: http(s)://host:port, or unix:/path/of/its.sock.',
      type: 'string',
      pattern: '^(?:https?://.|unix:/.)',
      examples: ['http://localhost:6820'],
    },
    version: {
      description: 'Version of the API, v0.0.38 or newer; by default the newest that both sides know.',
      type: 'string',
      pattern: '^v0\\.0\\.\\d+$',
      examples: ['v0.0.38'],
    },
    user: { description: 'Who asks; by default whom the token names.', type: 'string', pattern: NAME, examples: ['slurm'] },
    token: {
      description: 'The JWT: where it lies, or the command that prints one; a command is run again when its token expires.',
      anyOf: [
        SECRET_SCHEMA,
        {
          type: 'object',
          additionalProperties: false,
          required: ['command'],
          properties: { command: { type: 'array', items: { type: 'string', minLength: 1 }, minItems: 1 } },
        },
      ],
      examples: [{ command: ['scontrol', 'token', 'lifespan=3600'] }],
    },
    clusters: {
      description: 'Clusters to read; by default the one that slurmrestd is of.',
      type: 'array',
      items: { type: 'string', pattern: NAME },
      minItems: 1,
      uniqueItems: true,
      examples: [['brc']],
    },
    sliceSeconds: {
      description: 'Length of the first period that is asked for; the next ones grow or shrink with the size of the answers.',
      type: 'integer',
      minimum: 1,
      default: 86_400,
    },
    maxReplyBytes: {
      description: 'No answer may be larger: slurmrestd holds each in memory several times over. A job takes 3 to 5 kB.',
      type: 'integer',
      minimum: 65_536,
      maximum: 268_435_456,
      default: 33_554_432,
    },
    timeoutSeconds: {
      description: 'Deadline of a request, in seconds; slurmrestd sends nothing until its answer is whole.',
      type: 'integer',
      minimum: 1,
      maximum: 3600,
      default: 120,
    },
    allowInsecure: {
      description: 'Send the token unencrypted to another machine: for a network that you trust.',
      type: 'boolean',
      default: false,
    },
    caFile: {
      description: 'PEM file of the certificate authority behind an https URL.',
      type: 'string',
      minLength: 1,
      examples: ['/etc/ssl/site-ca.pem'],
    },
    onError: { description: 'What to do with a job that cannot be understood.', enum: ['fail', 'skip'], default: 'fail' },
  },
} as const;
