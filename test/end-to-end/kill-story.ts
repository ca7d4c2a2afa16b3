import { sequence } from '../portal/random.js';
import { faultsOfRecords } from './books.js';
import { fatesOf } from './due-record.js';
import { booksOf, faultsAfterKill, faultsOfReturn, journaledRuns, type Books } from './kill-checks.js';
import { drawKillPoint, type KillPoint } from './kill-point.js';
import { runOrKill, type Ended } from './kill-process.js';
import { KILL_PRICES, killSite, type KillSite } from './kill-site.js';

export interface KillStoryOptions {
  readonly seed: number;
  readonly changes: number;
  /** Kills on the way to the end of all changes, and on the way back. */
  readonly kills: number;
  readonly killsOfReverts: number;
}

/** How one seeded story went. */
export interface KillStory {
  readonly seed: number;
  /** Where each kill struck. */
  readonly kills: readonly string[];
  /** Sentences; none when everything held. */
  readonly problems: readonly string[];
}

/**
 * One portal with so many wrong records: runs and resumes are killed until all is right; then they are taken back, run by run, by reverts that are
 * killed, too. After each kill, and at either end, everything is looked at.
 */
export async function killStory(options: KillStoryOptions): Promise<KillStory> {
  const site = await killSite(options.changes);
  try {
    const story = new Story(site, options);
    await story.forth();
    if (options.killsOfReverts > 0) await story.back();
    return { seed: options.seed, kills: story.kills, problems: story.problems };
  } finally {
    await site.close();
  }
}

const FULL = ['run', 'full', '--source', 'fixture', '--sink', 'portal'];
const UPDATE = ['run', 'update', '--source', 'fixture', '--sink', 'portal'];
const RESUME = ['resume'];

class Story {
  readonly kills: string[] = [];
  readonly problems: string[] = [];
  readonly #site: KillSite;
  readonly #options: KillStoryOptions;
  readonly #random: () => number;
  readonly #before: Books;
  /** How often the portal stored each job on the way that the story is on. */
  readonly #writes = new Map<string, number>();
  readonly #everWritten = new Set<string>();

  constructor(site: KillSite, options: KillStoryOptions) {
    this.#site = site;
    this.#options = options;
    this.#random = sequence(options.seed);
    this.#before = booksOf(site.portal);
  }

  /** Until every change is made. */
  async forth(): Promise<void> {
    const { changes, kills } = this.#options;
    for (;;) {
      const left = changes - this.#writes.size;
      const killsLeft = kills - this.kills.length;
      if (killsLeft <= 0 || left === 0) break;
      const commands = this.#everWritten.size === 0 ? [FULL, UPDATE] : [RESUME, RESUME, FULL, UPDATE];
      await this.#run(this.#draw(commands), drawKillPoint(this.#random, share(left, killsLeft)));
    }
    await this.#run(this.#draw([RESUME, FULL]), null);
    await this.#run(FULL, null);
    if (this.#writes.size !== changes) this.#say(`${this.#writes.size} of ${changes} jobs were written`);
    this.#sayIfWrittenMoreThan(1);
    for (const fault of faultsOfRecords(this.#site.portal.state, fatesOf(this.#site.rows, KILL_PRICES))) this.#say(fault);
    await this.#run([...FULL, '--dry-run', '--exit-code'], null);
  }

  /** Until nothing is left of what was done. */
  async back(): Promise<void> {
    const { kills, killsOfReverts } = this.#options;
    this.#writes.clear();
    const runs = await journaledRuns(this.#site.state);
    for (const runId of runs.reverse()) {
      const revert = ['revert', runId, '--yes'];
      for (;;) {
        const killsLeft = kills + killsOfReverts - this.kills.length;
        if (killsLeft <= 0) break;
        const left = this.#options.changes - this.#writes.size;
        const { wasKilled } = await this.#run(revert, drawKillPoint(this.#random, share(left, killsLeft)));
        if (!wasKilled) break;
        // Every other time by the same command again, which finds out for itself what is left.
        if (this.#random() < 0.5) await this.#run(RESUME, null);
      }
      await this.#run(revert, null);
    }
    this.#sayIfWrittenMoreThan(2);
    for (const fault of faultsOfReturn(this.#before, booksOf(this.#site.portal), this.#site.unrecorded)) this.#say(fault);
  }

  async #run(args: readonly string[], point: KillPoint | null): Promise<Ended> {
    const ended = await runOrKill(this.#site, args, point, (jobId) => {
      this.#writes.set(jobId, (this.#writes.get(jobId) ?? 0) + 1);
      this.#everWritten.add(jobId);
    });
    if (ended.wasKilled) {
      this.kills.push(`${args[0] ?? ''}: ${this.#whereOf(ended, point)}`);
      for (const fault of await faultsAfterKill(this.#site, this.#everWritten)) this.#say(fault);
    } else if (ended.code !== 0) this.#say(`${args.join(' ')} ended with ${ended.code}: ${ended.said}`);
    return ended;
  }

  #whereOf({ reads, writes, hadJournal }: Ended, point: KillPoint | null): string {
    if (this.#betweenRequests() > 0) return 'between the two requests of a job';
    if (reads === 0) return 'before its first request';
    if (writes === 0) return hadJournal ? 'with a journal, before its first write' : 'planning';
    if (point?.by !== 'write') return 'writing, by the size of its journal';
    return { arrived: 'a write on its way', served: 'a write done and not answered', answered: 'a write answered' }[point.moment];
  }

  /** Jobs whose usage is as it was before and whose record is not yet. */
  #betweenRequests(): number {
    let count = 0;
    for (const [jobId, was] of this.#before.records) {
      const is = this.#site.portal.state.job(jobId);
      const before = was as { readonly amount: string; readonly enddate: string | null };
      if (before.enddate === null && is?.enddate !== null && is?.amount === before.amount) count += 1;
    }
    return count;
  }

  #sayIfWrittenMoreThan(most: number): void {
    for (const [jobId, times] of this.#writes) if (times > most) this.#say(`job ${jobId} was written ${times} times`);
  }

  #draw<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.#random() * choices.length)]!;
  }

  #say(problem: string): void {
    // A few say enough.
    if (this.problems.length < 20) this.problems.push(`after ${this.kills.length} kills, the last ${this.kills.at(-1)}: ${problem}`);
  }
}

/** How many writes may lie before the next kill, so that all kills find something to strike. */
function share(left: number, killsLeft: number): number {
  return Math.max(1, Math.ceil((left / killsLeft) * 1.5));
}
