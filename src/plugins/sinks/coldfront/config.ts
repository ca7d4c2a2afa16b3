import { SECRET_SCHEMA, type SecretReference } from '../../../builtin-sdk.js';

export interface ColdfrontConfig {
  readonly baseUrl: string;
  readonly token: SecretReference;
  readonly allowInsecure: boolean;
  readonly caFile?: string;
  readonly maxInFlight: number;
  readonly timeoutSeconds: number;
  readonly overallTimeoutSeconds: number;
  readonly computeResources: Readonly<Record<string, string>>;
  readonly periodicPrefixes: readonly string[];
}

const prefix = { type: 'string', pattern: '^[^_]+$' } as const;
const seconds = { type: 'integer', minimum: 1, maximum: 3600 } as const;

export const COLDFRONT_CONFIG_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['baseUrl', 'token'],
  properties: {
    baseUrl: {
      description: "Where the portal's REST API begins; ends in /api/.",
      type: 'string',
      pattern: '^https?://.',
      examples: ['https://mybrc.brc.berkeley.edu/api/'],
    },
    token: {
      ...SECRET_SCHEMA,
      description: 'Where the API token of a staff account lies; a file is read again when the portal refuses what it held.',
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
      description: 'Requests at once, at most. It begins with 4 and adapts; people use the same processes of the portal.',
      type: 'integer',
      minimum: 1,
      maximum: 16,
      default: 16,
    },
    timeoutSeconds: { description: 'Deadline of one attempt of a request.', ...seconds, default: 30 },
    overallTimeoutSeconds: { description: 'Deadline of a request with all its attempts and waits.', ...seconds, default: 120 },
    computeResources: {
      description:
        'Names of the compute resources that jobs are charged to, by the prefix of the account in front of its first "_". An account without a prefix here has "<NAME IN CAPITALS> Compute".',
      type: 'object',
      propertyNames: prefix,
      additionalProperties: { type: 'string', minLength: 1 },
      default: {
        ac: 'Savio Compute',
        co: 'Savio Compute',
        fc: 'Savio Compute',
        ic: 'Savio Compute',
        pc: 'Savio Compute',
        vector: 'Vector Compute',
        abc: 'ABC Compute',
      },
      examples: [{ ac: 'LAWRENCIUM Compute', lr: 'LAWRENCIUM Compute', pc: 'LAWRENCIUM Compute' }],
    },
    periodicPrefixes: {
      description: 'Prefixes of the accounts whose allocation has a period, so that the portal checks its end.',
      type: 'array',
      items: prefix,
      uniqueItems: true,
      default: ['fc', 'ic', 'pc'],
      examples: [['pc']],
    },
  },
} as const;
