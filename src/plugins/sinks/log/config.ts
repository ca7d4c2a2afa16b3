export interface LogConfig {
  readonly records?: string | readonly string[];
  readonly allocations?: string | readonly string[];
  readonly file: string;
  readonly format: 'text' | 'ndjson';
  readonly periodicPrefixes: readonly string[];
  readonly computeResource: string;
  readonly spoolBytes?: number;
}

const path = { type: 'string', minLength: 1 } as const;
const paths = { anyOf: [path, { type: 'array', items: path, minItems: 1 }] } as const;

export const LOG_CONFIG_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    records: {
      description: 'What GET /jobs/ of a portal returned: pages, arrays or NDJSON, plain or gzip.',
      ...paths,
      examples: ['jobs.json'],
    },
    allocations: { description: 'What GET /allocations/ returned.', ...paths, examples: ['allocations.json'] },
    file: { description: 'Where the log goes; "-" is the output of the command.', ...path, default: '-', examples: ['changes.log'] },
    format: { description: 'Lines for people, or one JSON object a line.', enum: ['text', 'ndjson'], default: 'text' },
    periodicPrefixes: {
      description: 'Prefixes of the accounts whose allocation has a period, so that the portal checks its end.',
      type: 'array',
      items: { type: 'string', minLength: 1 },
      default: ['fc', 'ic', 'pc'],
    },
    computeResource: {
      description: 'Pattern of the names of compute resources; other allocations charge no jobs.',
      type: 'string',
      default: ' Compute$',
    },
    spoolBytes: { description: 'Bytes kept in memory before a temporary file is used.', type: 'integer', minimum: 0, examples: [67108864] },
  },
} as const;
