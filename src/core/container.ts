import { createHash } from 'node:crypto';
import { BrcSyncError } from './errors.js';
import { assertIntrinsics } from './guest/guest-calls.js';
import { CHECK_MS, hostSink, hostSource } from './guest/host.js';
import { readingClient } from './guest/reading-client.js';
import { createHttpClient, type HttpAttempt } from './http.js';
import { constructInstance, createRunScope, type InstanceSurroundings } from './instance-scope.js';
import type { JobSink } from './job-sink.js';
import type { JobSource } from './job-source.js';
import type { RunLogger } from './log.js';
import type { Clock, OutputLine } from './plugin-environment.js';
import { loadInstances, type LoadedInstance } from './plugin-loader.js';
import type { Builtins } from './plugin-module.js';
import { readPluginsFile, type PluginsFile, type PluginsFilePlaces } from './plugins-file.js';
import { createSecretResolver } from './secret.js';
import { findReplacedScript, type ReplacedScript, type ScriptQuestion } from './retired/replaced-script.js';
import { retarget, type SinkTarget } from './sink-target.js';
import type { SiteSettings } from './site.js';

export interface OpenSinkOptions {
  readonly places: PluginsFilePlaces;
  readonly builtins: Builtins;
  /** Name of the sink instance. */
  readonly sink: string;
  /** Where the sink goes instead of where plugins.json says. */
  readonly target?: SinkTarget;
  /** Which command's scripts the sink may replace, and where their token files are looked for; missing: none are. */
  readonly replacing?: Pick<ScriptQuestion, 'command' | 'workingDirectory'>;
  readonly logger: RunLogger;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Where secrets of the form `{ env }` lie. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly output: OutputLine;
  /** Nothing may be written by an instance: a dry run, or a command that only reads. */
  readonly readOnly?: boolean;
  /** How long `check()` may take; a minute unless told. */
  readonly checkMs?: number;
  /** Told once of a sink whose plugin is deprecated. */
  readonly onDeprecated?: (sentence: string) => void;
  /** Told of each attempt of a request that an instance makes. */
  readonly onRequest?: (request: InstanceRequest) => void;
}

export interface InstanceRequest extends HttpAttempt {
  readonly instance: string;
}

export interface OpenRunOptions extends OpenSinkOptions {
  /** Name of the source instance. */
  readonly source: string;
}

/** An instance in use. */
export interface OpenInstance<T> {
  readonly name: string;
  readonly plugin: string;
  readonly instance: T;
  /** See SiteSettings for which of the two sites counts. */
  readonly site: SiteSettings;
  /** As plugins.json names it (money 3). */
  readonly cluster: string | null;
  /** SHA-256 of what plugins.json says of the instance: plugin, configuration (secrets are references), site and cluster. */
  readonly digest: string;
}

/** A sink without a source: to apply what was planned before. */
export interface OpenSink {
  readonly pluginsFile: string;
  readonly sink: OpenInstance<JobSink>;
  /** The script whose token file the sink uses. */
  readonly script: ReplacedScript | null;
  close(): Promise<void>;
}

export interface OpenRun extends OpenSink {
  readonly source: OpenInstance<JobSource>;
  /** Closes the sink, then the source; to be called once, in `finally`. What fails in one does not keep the other from closing. */
  close(): Promise<void>;
}

const NO_TARGET: SinkTarget = { url: null, tokenFile: null };

type Kind = 'source' | 'sink';

/** The composition root. Each instance gets a container of its own under the run's; tsyringe's global one stays empty. */
export async function openRun(options: OpenRunOptions): Promise<OpenRun> {
  const { loaded, file, script, opener } = await prepare(options, [options.source, options.sink]);
  const source = instanceOfKind('source', options.source, loaded, file.path);
  const sink = instanceOfKind('sink', options.sink, loaded, file.path);
  return opener(({ open, close }) => ({
    pluginsFile: file.path,
    script,
    source: open<JobSource>(source),
    sink: open<JobSink>(sink),
    close,
  }));
}

/** Opens a sink alone. */
export async function openSink(options: OpenSinkOptions): Promise<OpenSink> {
  const { loaded, file, script, opener } = await prepare(options, [options.sink]);
  const sink = instanceOfKind('sink', options.sink, loaded, file.path);
  return opener(({ open, close }) => ({ pluginsFile: file.path, script, sink: open<JobSink>(sink), close }));
}

/** An instance alone, to be asked how it is. */
export type OpenAlone = { readonly close: () => Promise<void> } & (
  ({ readonly kind: 'source' } & OpenInstance<JobSource>) | ({ readonly kind: 'sink' } & OpenInstance<JobSink>)
);

export type OpenAloneOptions = Omit<OpenSinkOptions, 'places' | 'sink'>;

/** Opens an instance of either kind, of a plugins file that has been read. Nothing may be written by it. */
export async function openAlone(file: PluginsFile, name: string, options: OpenAloneOptions): Promise<OpenAlone> {
  const { loaded, opener } = await prepareFile(file, { ...options, sink: name, readOnly: true }, [name]);
  const kind = loaded.find((candidate) => candidate.name === name)?.definition.kind ?? 'source';
  const entry = instanceOfKind(kind, name, loaded, file.path);
  return opener(({ open, close }) =>
    kind === 'source' ? { kind: 'source', ...open<JobSource>(entry), close } : { kind: 'sink', ...open<JobSink>(entry), close },
  );
}

/** An instance of plugins.json, or why there is none. */
export type TriedInstance = { readonly entry: LoadedInstance } & (
  { readonly instance: JobSource | JobSink } | { readonly problem: BrcSyncError }
);

/** Opens every instance of plugins.json, each on its own. Nothing may be written by them. */
export async function openAll(
  options: Omit<OpenSinkOptions, 'sink' | 'target' | 'readOnly'>,
): Promise<{ readonly pluginsFile: string; readonly instances: readonly TriedInstance[]; close(): Promise<void> }> {
  const { loaded, file, opener } = await prepare({ ...options, sink: '', readOnly: true });
  return opener(({ open, close }) => ({ pluginsFile: file.path, instances: loaded.map((entry) => tried(entry, open)), close }));
}

function tried(entry: LoadedInstance, open: Opening['open']): TriedInstance {
  try {
    return { entry, instance: open<JobSource | JobSink>(entry).instance };
  } catch (error) {
    if (error instanceof BrcSyncError) return { entry, problem: error };
    throw error;
  }
}

interface Opening {
  readonly open: <T extends JobSource | JobSink>(entry: LoadedInstance) => OpenInstance<T>;
  readonly close: () => Promise<void>;
}

interface Prepared {
  readonly loaded: readonly LoadedInstance[];
  readonly file: PluginsFile;
  readonly script: ReplacedScript | null;
  /** Opens instances; what is open already is closed when another cannot be. */
  readonly opener: <T>(make: (opening: Opening) => T) => Promise<T>;
}

function prepare(options: OpenSinkOptions, names?: readonly string[]): Promise<Prepared> {
  return prepareFile(readPluginsFile(options.places), options, names);
}

async function prepareFile(file: PluginsFile, options: Omit<OpenSinkOptions, 'places'>, names?: readonly string[]): Promise<Prepared> {
  const target = options.target ?? NO_TARGET;
  const replaces = file.instances.find(({ name }) => name === options.sink)?.replaces ?? null;
  const { replacing } = options;
  const script = replacing === undefined ? null : findReplacedScript(replaces, { ...replacing, tokenFile: target.tokenFile });
  const loaded = await loadInstances(file, options.builtins, names, (entry, definition, config) =>
    entry.name === options.sink
      ? retarget(entry.name, definition, config, { ...target, tokenFile: target.tokenFile ?? script?.tokenFile ?? null })
      : config,
  );

  const deprecation = deprecationOf(loaded.find(({ name }) => name === options.sink));
  if (deprecation !== undefined) options.onDeprecated?.(deprecation);

  const { clock, signal, output } = options;
  const run = createRunScope({ clock, signal, output, baseDirectory: file.baseDirectory });
  const closers: Closer[] = [];
  const close = (): Promise<void> => closeInReverse(closers.splice(0));
  const open = <T extends JobSource | JobSink>(entry: LoadedInstance): OpenInstance<T> => {
    const instance = hosted(entry, constructInstance(run, entry, surroundingsOf(entry, file.baseDirectory, options)), options) as T;
    closers.push(() => instance.close?.() ?? Promise.resolve());
    const { name, plugin, config, site, cluster } = entry;
    return { name, plugin, instance, site, cluster, digest: sha256({ plugin, config, site, cluster }) };
  };
  const opener: Prepared['opener'] = async (make) => {
    try {
      return make({ open, close });
    } catch (error) {
      await close().catch((closing: unknown) => options.logger.warn('closing failed', { closing }));
      throw error;
    }
  };
  return { loaded, file, script, opener };
}

function hosted(entry: LoadedInstance, made: unknown, { readOnly = false, checkMs = CHECK_MS }: OpenAloneOptions): JobSource | JobSink {
  const { name, plugin, definition } = entry;
  const guest = { kind: definition.kind, name, plugin };
  assertIntrinsics(guest);
  const rules = { readOnly, checkMs };
  return guest.kind === 'source' ? hostSource(guest, made as JobSource, rules) : hostSink(guest, made as JobSink, rules);
}

function deprecationOf(entry: LoadedInstance | undefined): string | undefined {
  return entry?.definition.kind === 'sink' ? entry.definition.deprecation : undefined;
}

function sha256(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

function instanceOfKind(kind: Kind, name: string, loaded: readonly LoadedInstance[], file: string): LoadedInstance {
  const entry = loaded.find((candidate) => candidate.name === name);
  if (entry?.definition.kind === kind) return entry;
  const isKind = entry?.definition.kind ?? 'unknown';
  throw new BrcSyncError('USAGE', {
    message: `--${kind} ${name}: the instance "${name}" of ${file} is a ${isKind}, not a ${kind}; did you mean --${isKind} ${name}?`,
    remedy: `Give --${kind} an instance of kind ${kind}; \`brc-sync plugins list\` shows which these are.`,
    context: { file, instance: name },
  });
}

function surroundingsOf(
  entry: LoadedInstance,
  baseDirectory: string,
  { logger, env, onRequest, readOnly = false }: OpenAloneOptions,
): InstanceSurroundings {
  const instanceLogger = logger.child(entry.name);
  const onAttempt = (attempt: HttpAttempt): void => onRequest?.({ instance: entry.name, ...attempt });
  return {
    config: entry.config,
    site: entry.site,
    logger: instanceLogger,
    http: (options) => {
      const client = createHttpClient(options, { logger: instanceLogger, onAttempt });
      return readOnly ? readingClient({ kind: entry.definition.kind, name: entry.name, plugin: entry.plugin }, client) : client;
    },
    secrets: createSecretResolver({ env, baseDirectory, warn: (message) => instanceLogger.warn(message) }),
  };
}

type Closer = () => Promise<void>;

async function closeInReverse(closers: readonly Closer[]): Promise<void> {
  const errors: unknown[] = [];
  for (const closer of closers.toReversed()) {
    try {
      await closer();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, `closing failed: ${errors.map(String).join('; ')}`);
}
