import t from 'tap';
import { killStory, type KillStory } from './kill-story.js';

// Runs that are killed with SIGKILL: a few here, two hundred with BRC_SYNC_KILLS=200 (npm run test:kills).
// BRC_SYNC_KILL_SEED=3 tells story 3 alone.

const WANTED = Number(process.env.BRC_SYNC_KILLS ?? 0);
const ONLY = process.env.BRC_SYNC_KILL_SEED;
const IS_CAMPAIGN = WANTED >= 200;
/** Of 2,000 changes each; every other story goes back, too. */
const CAMPAIGN = { changes: 2000, kills: 25, killsOfReverts: 10 };
const FEW = { changes: 40, kills: 3, killsOfReverts: 2 };
const AT_ONCE = IS_CAMPAIGN ? 2 : 1;

const title = ONLY === undefined ? `${IS_CAMPAIGN ? WANTED : 'some'} kills` : `the kills of story ${ONLY}`;
void t.test(`${title}: exact in the end, and nothing is written twice`, async (t) => {
  const told: KillStory[] = [];
  const kills = (): string[] => told.flatMap((story) => story.kills);
  let begun = 0;
  let expected = 0;
  const tellOn = async (): Promise<void> => {
    while (IS_CAMPAIGN && ONLY === undefined ? Math.max(expected, kills().length) < WANTED : begun === 0) {
      begun += 1;
      const seed = ONLY === undefined ? begun : Number(ONLY);
      const size = IS_CAMPAIGN ? { ...CAMPAIGN, killsOfReverts: seed % 2 === 0 ? CAMPAIGN.killsOfReverts : 0 } : FEW;
      expected += size.kills + size.killsOfReverts;
      const story = await killStory({ seed, ...size });
      expected += story.kills.length - size.kills - size.killsOfReverts;
      told.push(story);
      t.strictSame(story.problems, [], `BRC_SYNC_KILL_SEED=${seed}: ${story.kills.length} kills`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, tellOn));
  const byPlace = new Map<string, number>();
  for (const place of kills()) byPlace.set(place, (byPlace.get(place) ?? 0) + 1);
  for (const [place, count] of [...byPlace].sort(([a], [b]) => (a < b ? -1 : 1))) t.comment(`${String(count).padStart(4)}  ${place}`);
  t.comment(`${kills().length} kills in ${told.length} stories`);
  if (ONLY === undefined) t.ok(kills().length >= (IS_CAMPAIGN ? WANTED : FEW.kills), `${kills().length} kills`);
});
