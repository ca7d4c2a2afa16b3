#!/usr/bin/env -S node --max-semi-space-size=4 --v8-pool-size=1
// A small nursery for new objects and one helper thread of V8's: less memory at the same speed or a better one (bench/RESULTS.md).
import { execute } from '@oclif/core';

await execute({ dir: import.meta.url });
