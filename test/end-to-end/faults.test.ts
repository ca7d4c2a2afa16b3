import t from 'tap';
import type { JobSink } from '../../src/core/job-sink.js';
import { FAULT_KINDS } from '../portal/faults.js';
import { aColdfrontSink } from '../support/coldfront.js';
import { faultStory } from './fault-story.js';
import type { FaultStory } from './fault-story.js';
import { TOKEN } from './site-seed.js';

// Faults on the way to the portal: some thirty of them here, a thousand with BRC_SYNC_FAULTS=1000 (npm run test:faults).
// BRC_SYNC_FAULT_SEED=17 tells story 17 alone.

const WANTED = Number(process.env.BRC_SYNC_FAULTS ?? 30);
const ONLY = process.env.BRC_SYNC_FAULT_SEED;
const IS_CAMPAIGN = ONLY === undefined && WANTED >= 1000;
/** Stories told at once: most of their time is waiting for answers that never come. */
const AT_ONCE = IS_CAMPAIGN ? 6 : 1;

const title = ONLY === undefined ? `${WANTED} faults` : `the faults of story ${ONLY}`;
void t.test(`${title}: right in the end, or said what is left; nothing charged twice`, async (t) => {
  const told: FaultStory[] = [];
  const sum = (of: (story: FaultStory) => number): number => told.reduce((total, story) => total + of(story), 0);
  const faults = (): number => sum((story) => story.faults.length);
  let next = 1;
  const tellOn = async (): Promise<void> => {
    while (ONLY === undefined ? faults() < WANTED : told.length === 0) {
      const seed = ONLY === undefined ? next++ : Number(ONLY);
      const story = await faultStory(seed, ({ baseUrl }) => impatientSink(baseUrl));
      told.push(story);
      const { finished, stopped, problems } = story;
      const course = `${story.faults.length} faults, ${finished} runs finished, ${stopped} stopped`;
      t.strictSame(problems, [], `BRC_SYNC_FAULT_SEED=${seed}: ${course}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, tellOn));
  if (IS_CAMPAIGN) {
    t.strictSame(new Set(told.flatMap((story) => story.faults)), new Set(FAULT_KINDS), 'every kind of fault was met');
    t.ok(sum(({ finished }) => finished) > 0 && sum(({ stopped }) => stopped) > 0, 'some runs finish nevertheless, some stop');
  }
  const [finished, stopped] = [sum((story) => story.finished), sum((story) => story.stopped)];
  t.comment(`${faults()} faults in ${told.length} stories: ${finished} runs finished, ${stopped} said what was left`);
});

/** Waits a moment for an answer where others wait for half a minute, and not at all before it asks again. */
function impatientSink(baseUrl: string): JobSink {
  return aColdfrontSink({ baseUrl, timeoutSeconds: 1 }, { env: { TOKEN } });
}
