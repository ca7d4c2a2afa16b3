import { SECRET_SCHEMA, type SecretReference } from '../../../builtin-sdk.js';

export interface MybrcConfig {
  readonly baseUrl: string;
  readonly token: SecretReference;
  readonly allowInsecure: boolean;
  readonly caFile?: string;
  readonly maxInFlight: number;
  readonly timeoutSeconds: number;
  readonly overallTimeoutSeconds: number;
}

const seconds = { type: 'integer', minimum: 1, maximum: 3600 } as const;

export const MYBRC_CONFIG_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['baseUrl', 'token'],
  properties: {
    baseUrl: {
      description: 'Where the old REST API begins: the host with the base path of the API.',
      type: 'string',
      pattern: '^https?://.',
      examples: ['https://mybrc.brc.berkeley.edu/mybrc-rest/'],
    },
    token: {
      ...SECRET_SCHEMA,
      description: 'Where the API token of a staff account lies; a file is read again when the API refuses what it held.',
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
      examples: ['site-ca.pem'],
    },
    maxInFlight: {
      description: 'Requests at once, at most. It begins with 4 and adapts.',
      type: 'integer',
      minimum: 1,
      maximum: 16,
      default: 8,
    },
    timeoutSeconds: { description: 'Deadline of one attempt of a request.', ...seconds, default: 30 },
    overallTimeoutSeconds: { description: 'Deadline of a request with all its attempts and waits.', ...seconds, default: 120 },
  },
} as const;
