import { existsSync } from 'node:fs';
import { dim } from 'ansis';
import type { Check } from '../core/doctor/check.js';
import { DEPLOYMENT_NAMES, DEPLOYMENTS, type DeploymentName } from '../core/init/deployments.js';
import type { PortalAnswer, Setup, SlurmAnswer } from '../core/init/setup.js';
import { tryPortal, tryPrices, trySlurm, type TryOptions } from '../core/init/try-answers.js';
import type { BrcSyncError } from '../core/errors.js';
import { fitText } from './_fit-text.js';
import { refusal, typedPath, type Interview } from './_interview.js';
import { terminalWidth } from './_table.js';

/** What flags have answered; undefined: a question is left. */
export interface GivenAnswers {
  readonly deployment: DeploymentName | undefined;
  readonly portalUrl: string | undefined;
  readonly timeZone: string | undefined;
  readonly allocationYearStart: string | undefined;
  readonly token: GivenToken | undefined;
  readonly prices: string | undefined;
  readonly slurm: SlurmAnswer['kind'] | undefined;
  readonly slurmUrl: string | undefined;
  readonly slurmTokenFile: string | undefined;
  readonly jobs: string | undefined;
  readonly cluster: string | undefined;
}

/** A token lies in a file, or is known and will be written into one. */
export type GivenToken = { readonly file: string } | { readonly text: string };

export interface Interviewed {
  readonly setup: Setup & { readonly portal: PortalAnswer; readonly slurm: SlurmAnswer };
  readonly token: GivenToken;
}

export interface Surroundings {
  /** Null: nobody can be asked, and flags have answered everything. */
  readonly interview: Interview | null;
  readonly options: TryOptions;
  readonly say: (line: string) => void;
}

/** Where the token lies while it is tried. */
const TOKEN_VARIABLE = 'BRC_SYNC_INIT_TOKEN';
const USUAL_PRICES = '/etc/slurm/bank-config.toml';

/** Names of the flags without which nobody can be spared a question. */
export function missingFlags(given: GivenAnswers): string[] {
  const { deployment, slurm } = given;
  const needed: readonly (readonly [string, boolean])[] = [
    ['--deployment', deployment === undefined],
    ['--portal-url', deployment === 'other' && given.portalUrl === undefined],
    ['--token-file', given.token === undefined],
    ['--prices', given.prices === undefined],
    ['--slurm', slurm === undefined],
    ['--slurm-url', slurm === 'slurmrestd' && given.slurmUrl === undefined],
    ['--jobs', slurm === 'fixture' && given.jobs === undefined],
  ];
  return needed.filter(([, isMissing]) => isMissing).map(([flag]) => flag);
}

/** Asks what flags have not answered, and tries each answer as it is given. */
export async function holdInterview(given: GivenAnswers, surroundings: Surroundings): Promise<Interviewed> {
  const begun = await askDeployment(given, surroundings);
  const { setup, token } = await askPortal(begun, given, surroundings);
  const { slurm, partitions } = await askSlurm(setup, given, surroundings);
  const read = { ...setup, slurm };
  return { setup: await askPrices(read, partitions, given, surroundings), token };
}

async function askDeployment(given: GivenAnswers, { interview }: Surroundings): Promise<Setup> {
  const choices = DEPLOYMENT_NAMES.map((value) => ({ value, label: DEPLOYMENTS[value].title }));
  const name = given.deployment ?? (await asked(interview).choose('Which portal?', choices));
  const deployment = DEPLOYMENTS[name];
  const { timeZone, allocationYearStart } = deployment.site;
  const ask = async (question: string, usual: string): Promise<string> =>
    name === 'other' && interview !== null ? interview.text(question, usual) : usual;
  const site = {
    timeZone: given.timeZone ?? (await ask('Time zone of the site', timeZone)),
    allocationYearStart: given.allocationYearStart ?? (await ask('First day of its allocation year (MM-DD)', allocationYearStart)),
  };
  return { deployment, site, portal: null, prices: null, slurm: null, cluster: given.cluster ?? null };
}

/** Address and token are tried together. */
async function askPortal(
  setup: Setup,
  given: GivenAnswers,
  surroundings: Surroundings,
): Promise<{ readonly setup: Setup & { readonly portal: PortalAnswer }; readonly token: GivenToken }> {
  const { interview, options } = surroundings;
  const { baseUrl: known, title } = setup.deployment;
  return settle(surroundings, given.token !== undefined, async () => {
    const usual = known ?? undefined;
    const baseUrl = given.portalUrl ?? (interview === null ? (usual ?? '') : await interview.text(`Address of the API of ${title}`, usual));
    const token = given.token ?? { text: await asked(interview).secret('API token of a staff account (it is not shown)') };
    const reference = 'text' in token ? { env: TOKEN_VARIABLE } : { file: token.file };
    const answered = { ...setup, portal: { baseUrl, token: reference } };
    const env = 'text' in token ? { ...options.env, [TOKEN_VARIABLE]: token.text } : options.env;
    const checks = await during(interview, `Asking ${baseUrl}`, tryPortal(answered, { ...options, env }));
    return { value: { setup: answered, token }, checks };
  });
}

async function askSlurm(
  setup: Setup,
  given: GivenAnswers,
  surroundings: Surroundings,
): Promise<{ readonly slurm: SlurmAnswer; readonly partitions: readonly string[] | null }> {
  const { interview, options } = surroundings;
  return settle(surroundings, given.slurm !== undefined, async () => {
    const slurm = await slurmAnswer(given, interview);
    const { checks, partitions } = await during(interview, 'Asking Slurm', trySlurm({ ...setup, slurm }, options));
    return { value: { slurm, partitions }, checks };
  });
}

async function slurmAnswer(given: GivenAnswers, interview: Interview | null): Promise<SlurmAnswer> {
  const kind =
    given.slurm ??
    (await asked(interview).choose<SlurmAnswer['kind']>('How are jobs read from Slurm?', [
      { value: 'sacct', label: 'sacct, on this machine' },
      { value: 'slurmrestd', label: 'slurmrestd, over the network or a socket' },
      { value: 'fixture', label: 'a file that sacct or slurmrestd has written' },
    ]));
  if (kind === 'sacct') return { kind };
  if (kind === 'fixture') return { kind, files: typedPath(given.jobs ?? (await asked(interview).text('Which file?'))) };
  const url = given.slurmUrl ?? (await asked(interview).text('Address of slurmrestd (or unix:/path/of/its.sock)', 'http://localhost:6820'));
  const tokenFile = given.slurmTokenFile ?? (await askSlurmToken(given, interview));
  return { kind, url, tokenFile: tokenFile === null ? null : typedPath(tokenFile) };
}

async function askSlurmToken({ slurmUrl }: GivenAnswers, interview: Interview | null): Promise<string | null> {
  if (interview === null || slurmUrl !== undefined) return null;
  const where = await interview.choose('Where does its token come from?', [
    { value: 'command', label: 'scontrol token, on this machine' },
    { value: 'file', label: 'a file' },
  ]);
  return where === 'command' ? null : interview.text('Which file?');
}

async function askPrices<T extends Interviewed['setup']>(
  setup: T,
  partitions: readonly string[] | null,
  given: GivenAnswers,
  surroundings: Surroundings,
): Promise<T> {
  const { interview, options } = surroundings;
  const usual = existsSync(USUAL_PRICES) ? USUAL_PRICES : undefined;
  return settle(surroundings, given.prices !== undefined, async () => {
    const prices = typedPath(given.prices ?? (await asked(interview).text('Price list (bank-config.toml of the banking plugins)', usual)));
    const answered = { ...setup, prices };
    return { value: answered, checks: await tryPrices(answered, partitions, options) };
  });
}

/** Asks until what is answered works; an answer that a flag has given cannot be asked for again. */
async function settle<T>(
  { interview, say }: Surroundings,
  isGiven: boolean,
  attempt: () => Promise<{ readonly value: T; readonly checks: readonly Check[] }>,
): Promise<T> {
  for (;;) {
    const { value, checks } = await attempt();
    const refused: BrcSyncError | null = refusal(checks);
    for (const line of checkLines(checks)) say(fitText(line, terminalWidth()));
    if (refused === null) return value;
    if (isGiven || interview === null) throw refused;
  }
}

function checkLines(checks: readonly Check[]): string[] {
  return checks.flatMap(({ level, name, message, remedy }) => [
    `  ${level === 'ok' ? 'ok' : level.toUpperCase()}  ${name}: ${message.replaceAll('\n', ' ')}`,
    ...(remedy === null ? [] : [dim(`      → ${remedy}`)]),
  ]);
}

function during<T>(interview: Interview | null, message: string, work: Promise<T>): Promise<T> {
  return interview === null ? work : interview.during(message, work);
}

/** Whoever has checked the flags knows that there is somebody to ask. */
function asked(interview: Interview | null): Interview {
  if (interview === null) throw new Error('a question without anybody to ask');
  return interview;
}
