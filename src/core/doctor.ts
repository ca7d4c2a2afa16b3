import type { OpenAloneOptions } from './container.js';
import type { Check } from './doctor/check.js';
import { checkConfiguration, checkTimeZone } from './doctor/check-configuration.js';
import { checkInstance, type InstanceChecked } from './doctor/check-instance.js';
import { checkLocks } from './doctor/check-locks.js';
import { checkNode } from './doctor/check-machine.js';
import { checkPrices } from './doctor/check-prices.js';
import { checkRuns } from './doctor/check-runs.js';
import { checkSecretFiles } from './doctor/check-secrets.js';
import { checkState, type FreeBytes } from './doctor/check-state.js';
import { checkUsers } from './doctor/check-users.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import type { LoadedInstance } from './plugin-loader.js';
import type { PluginsFilePlaces } from './plugins-file.js';

export interface DoctorOptions extends OpenAloneOptions {
  readonly places: PluginsFilePlaces;
  /** Names of the instances to look at; null: all of the file. */
  readonly instances: readonly string[] | null;
  readonly stateDirectory: string;
  readonly lockDirectory: string;
  /** Of each question to an instance. */
  readonly deadlineSeconds: number;
  readonly nodeVersion: string;
  readonly freeBytes: FreeBytes;
}

export interface Diagnosis {
  readonly checks: readonly Check[];
  readonly exitCode: ExitCode;
  /** A plugin did not stop, and keeps the process from ending. */
  readonly hangs: boolean;
}

/** Looks at everything that a run needs, and changes nothing. */
export async function diagnose(options: DoctorOptions): Promise<Diagnosis> {
  const { stateDirectory, lockDirectory, clock } = options;
  const now = clock.now();
  const configuration = await checkConfiguration(options.places, options.builtins, options.instances);
  const asked = configuration.usable === null ? NOTHING_ASKED : await askInstances(configuration.usable, options);
  const checks = [
    checkNode(options.nodeVersion),
    ...configuration.checks,
    ...asked.checks,
    ...checkState(stateDirectory, options.freeBytes),
    ...checkLocks(lockDirectory),
    ...(await checkRuns({ stateDirectory, lockDirectory, now })),
  ];
  return { checks, exitCode: exitCodeOf(checks), hangs: asked.hangs };
}

type Asked = Omit<Diagnosis, 'exitCode'>;
type Usable = NonNullable<Awaited<ReturnType<typeof checkConfiguration>>['usable']>;

const NOTHING_ASKED: Asked = { checks: [], hangs: false };

/** All at once: the slowest decides how long it takes. */
async function askInstances({ file, instances }: Usable, options: DoctorOptions): Promise<Asked> {
  // Its own deadline would call slowness a fault of the plugin.
  const unhurried = { ...options, checkMs: 2 * options.deadlineSeconds * 1000 };
  const question = { file, options: unhurried, deadlineSeconds: options.deadlineSeconds };
  const answers = await Promise.all(instances.map(async (entry) => ({ entry, told: await checkInstance(entry.name, question) })));
  const checks: Check[] = [];
  for (const { entry, told } of answers) {
    checks.push(...checkSecretFiles(entry, file.baseDirectory), ...told.checks);
    if (entry.definition.kind === 'sink') checks.push(...(await siteChecks(entry, told, answers, options)));
  }
  return { checks, hangs: answers.some(({ told }) => told.hangs) };
}

interface Answer {
  readonly entry: LoadedInstance;
  readonly told: InstanceChecked;
}

/** What the sink's site decides for everybody. */
async function siteChecks(
  entry: LoadedInstance,
  { knowsUsers }: InstanceChecked,
  answers: readonly Answer[],
  { clock, signal }: DoctorOptions,
): Promise<Check[]> {
  const { site, name } = entry;
  return [
    checkTimeZone(entry, clock.now()),
    ...(await checkPrices(name, { site, now: clock.now(), partitions: partitionsFor(entry, answers) })),
    await checkUsers(name, { userMap: site.userMap, sinkKnows: knowsUsers, signal }),
  ];
}

/** Those of the sources that may feed this sink: of its cluster, or of one that nobody names. */
function partitionsFor({ cluster }: LoadedInstance, answers: readonly Answer[]): readonly string[] | null {
  const known = answers.flatMap(({ told }) => {
    const isOther = cluster !== null && told.cluster !== null && told.cluster !== cluster;
    return told.partitions === null || isOther ? [] : [told.partitions];
  });
  return known.length === 0 ? null : [...new Set(known.flat())].sort();
}

/** What is wrong in one's own house comes first: it has to be mended before anybody is reached. */
function exitCodeOf(checks: readonly Check[]): ExitCode {
  const codes = checks.flatMap(({ exitCode }) => (exitCode === null ? [] : [exitCode]));
  return codes.find((code) => code !== EXIT.unreachable) ?? codes[0] ?? EXIT.ok;
}
