import { openAlone, type OpenAlone, type OpenAloneOptions } from '../container.js';
import type { JobSource } from '../job-source.js';
import type { PluginsFile } from '../plugins-file.js';
import { BrcSyncError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { checkOf, failure, failureOf, ok, warning, type Check } from './check.js';
import { Overdue, withDeadline } from './deadline.js';

export interface InstanceQuestion {
  readonly file: PluginsFile;
  readonly options: OpenAloneOptions;
  readonly deadlineSeconds: number;
}

/** What an instance said of itself, and what others need to know of it. */
export interface InstanceChecked {
  readonly checks: readonly Check[];
  /** Of a source: the cluster that it reads, where it knows. */
  readonly cluster: string | null;
  /** Of a source: the partitions of its Slurm; null where it cannot tell. */
  readonly partitions: readonly string[] | null;
  /** Of a sink: it knows uids of names. */
  readonly knowsUsers: boolean;
  /** Something in it did not stop when its time was over. */
  readonly hangs: boolean;
}

/** Opens an instance, asks it how it is, and closes it; nothing of it takes longer than the deadline. */
export async function checkInstance(name: string, question: InstanceQuestion): Promise<InstanceChecked> {
  let opened: OpenAlone;
  try {
    opened = await openAlone(question.file, name, question.options);
  } catch (error) {
    return nothingTold([failureOf(`${name} plugin`, error)]);
  }
  const facts = {
    cluster: opened.kind === 'source' ? (opened.instance.cluster ?? null) : opened.cluster,
    knowsUsers: opened.kind === 'sink' && opened.instance.userIds !== undefined,
  };
  const self = await ownWords(name, opened, question);
  const asked = opened.kind === 'source' && !self.hangs ? await askPartitions(name, opened.instance, question) : NO_PARTITIONS;
  const closes = await ends(opened, question);
  return { ...facts, checks: [...self.checks, ...asked.checks], partitions: asked.partitions, hangs: self.hangs || asked.hangs || !closes };
}

function nothingTold(checks: readonly Check[]): InstanceChecked {
  return { checks, cluster: null, partitions: null, knowsUsers: false, hangs: false };
}

async function ownWords(
  name: string,
  { instance }: OpenAlone,
  question: InstanceQuestion,
): Promise<Pick<InstanceChecked, 'checks' | 'hangs'>> {
  const { deadlineSeconds, options } = question;
  try {
    const results = await withDeadline(deadlineSeconds, options.signal, (signal) => instance.check({ signal }));
    return { checks: results.map((result) => checkOf(name, result)), hangs: false };
  } catch (error) {
    if (error instanceof Overdue) return { checks: [overdue(name, error)], hangs: true };
    return { checks: [failureOf(name, error)], hangs: false };
  }
}

const NO_PARTITIONS = { checks: [], partitions: null, hangs: false } as const;

/** Whether each has a price is a question to the sink's lists. */
async function askPartitions(
  name: string,
  source: JobSource,
  { deadlineSeconds, options }: InstanceQuestion,
): Promise<Pick<InstanceChecked, 'checks' | 'partitions' | 'hangs'>> {
  if (source.partitions === undefined) return NO_PARTITIONS;
  const title = `${name} partitions`;
  try {
    const partitions = await withDeadline(
      deadlineSeconds,
      options.signal,
      async (signal) => (await source.partitions?.({ signal })) ?? null,
    );
    const message = partitions === null ? 'cannot be told, so that those without a price show in findings only' : partitions.join(', ');
    return { checks: [ok(title, message)], partitions, hangs: false };
  } catch (error) {
    if (error instanceof Overdue) return { ...NO_PARTITIONS, checks: [overdue(title, error)], hangs: true };
    const { message, remedy } = failureOf(title, error);
    return { ...NO_PARTITIONS, checks: [warning(title, message, remedy ?? '')] };
  }
}

function overdue(name: string, error: Overdue): Check {
  return failure(name, error.message, 'See whether it is up; if it is only slow, give it more time: --timeout SECONDS.', EXIT.unreachable);
}

async function ends({ close }: OpenAlone, { deadlineSeconds, options }: InstanceQuestion): Promise<boolean> {
  try {
    await withDeadline(deadlineSeconds, options.signal, close);
    return true;
  } catch (error) {
    if (error instanceof Overdue || error instanceof BrcSyncError) return false;
    throw error;
  }
}
