#!/usr/bin/env -S node --max-semi-space-size=4 --v8-pool-size=1 --max-inlined-bytecode-size-cumulative=300
// V8, for runs of seconds: a small nursery for new objects, one helper thread, and less of each function compiled, but sooner (bench/RESULTS.md).
import { setFlagsFromString } from 'node:v8';

// Of Node 20 and 21; later ones have a compiler for this, and do not know the flags.
if (process.versions.v8.startsWith('11.')) {
  setFlagsFromString('--ticks-before-optimization=1');
  setFlagsFromString('--interrupt-budget=33000');
}
const { execute } = await import('@oclif/core');

await execute({ dir: import.meta.url });
