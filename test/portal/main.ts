import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DEMONSTRATION_SEED } from './demonstration-seed.js';
import type { Seed } from './seed.js';
import { startPortal } from './start-portal.js';

/** `npm run portal`: serves the stand-in until Ctrl-C; the first line it prints is its base URL. */
const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    seed: { type: 'string' },
    now: { type: 'string' },
    slow: { type: 'boolean', default: false },
    faults: { type: 'string' },
    latency: { type: 'string' },
  },
});
const portal = await startPortal({
  ...(values.port === undefined ? {} : { port: Number(values.port) }),
  ...(values.seed === undefined ? {} : { seed: JSON.parse(readFileSync(values.seed, 'utf8')) as Seed }),
  ...(values.now === undefined ? {} : { now: values.now }),
  ...(values.faults === undefined ? {} : { faults: { seed: Number(values.faults) } }),
  ...(values.latency === undefined ? {} : { latencyMs: Number(values.latency) }),
  slow: values.slow,
});
console.log(portal.baseUrl);
if (values.seed === undefined) console.log(`Token: ${DEMONSTRATION_SEED.tokens.staff!.key}`);
console.log(`The API of the old database: ${portal.legacyUrl}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void portal.close());
