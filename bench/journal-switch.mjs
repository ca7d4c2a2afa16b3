// node --import: with BENCH_JOURNAL=off the program writes no journal, so that its price can be measured. Else everything is as it is, hooks too.
import { register } from 'node:module';

register('./journal-hooks.mjs', import.meta.url, { data: { isOff: process.env.BENCH_JOURNAL === 'off' } });
