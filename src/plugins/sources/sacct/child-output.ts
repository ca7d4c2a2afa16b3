import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { deadlineMissed, endedBadly, notStarted } from './child-failures.js';

export interface ChildCall {
  /** Program and arguments, handed to no shell. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  /** Called once with what a child that ended well wrote to standard error, if anything. */
  readonly onComplaint: (text: string) => void;
  /** Called once the program runs, with a promise of its end, whoever brings it about. */
  readonly onStart: (ended: Promise<unknown>) => void;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

const KEPT_COMPLAINT = 4096;
/** What a child gets to end by itself before it is killed. */
const GRACE_MS = 2000;

/**
 * What a program writes to standard output, no faster than it is read. It is whole only if the iteration ends without an error: that comes
 * last, when the exit status is known. Whoever leaves early, an abort and the deadline kill the program and all it started.
 *
 * @throws BrcSyncError SOURCE_UNREACHABLE, UNAUTHORISED or CONFIG_INVALID, and the reason of an abort.
 */
export async function* childOutput(call: ChildCall): AsyncGenerator<Buffer, void, undefined> {
  call.signal.throwIfAborted();
  const child = await start(call);
  const closed = once(child, 'close');
  call.onStart(once(child, 'exit'));
  const complaint = keepTail(child.stderr);
  const killing = new Killing(child);
  const abort = (): void => killing.begin(call.signal.reason as Error);
  const deadline = setTimeout(() => killing.begin(deadlineMissed(call, complaint())), call.timeoutSeconds * 1000);
  call.signal.addEventListener('abort', abort, { once: true });
  if (call.signal.aborted) abort();
  try {
    yield* child.stdout as AsyncIterable<Buffer>;
    await closed;
    if (killing.reason !== null) throw killing.reason;
    if (child.exitCode !== 0) throw endedBadly(call, { status: child.exitCode, killedBy: child.signalCode, complaint: complaint() });
    if (complaint() !== '') call.onComplaint(complaint());
  } catch (error) {
    throw killing.reason ?? error;
  } finally {
    clearTimeout(deadline);
    call.signal.removeEventListener('abort', abort);
    if (child.exitCode === null && child.signalCode === null) killing.begin(null);
    await killing.end();
  }
}

async function start(call: ChildCall): Promise<Child> {
  const [program = '', ...args] = call.command;
  try {
    // Its own process group, so that what a wrapper starts is killed with it.
    const child = spawn(program, args, { env: call.environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    await once(child, 'spawn');
    return child;
  } catch (error) {
    throw notStarted(call, error);
  }
}

/** The end of what is written, which says most; the rest is read and dropped. */
function keepTail(stream: Readable): () => string {
  let tail = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    tail = Buffer.concat([tail, chunk.subarray(-KEPT_COMPLAINT)]);
    if (tail.length > KEPT_COMPLAINT) tail = Buffer.from(tail.subarray(-KEPT_COMPLAINT));
  });
  return () => tail.toString().trim();
}

/** First asks the process group to end, then makes it. */
class Killing {
  /** Why, for whoever reads; null as long as nobody asked, or nobody reads any more. */
  reason: Error | null = null;
  #begun: Promise<void> | null = null;

  constructor(private readonly child: Child) {}

  begin(reason: Error | null): void {
    this.reason ??= reason;
    this.#begun ??= this.#kill();
  }

  async end(): Promise<void> {
    await this.#begun;
  }

  async #kill(): Promise<void> {
    const child = this.child;
    const exited = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : Promise.resolve();
    const force = setTimeout(() => this.#signal('SIGKILL'), GRACE_MS);
    this.#signal('SIGTERM');
    await exited;
    clearTimeout(force);
    // A child of the child may have stayed, and may hold the pipes.
    this.#signal('SIGKILL');
    child.stdout.destroy();
    child.stderr.destroy();
  }

  #signal(name: NodeJS.Signals): void {
    try {
      process.kill(-(this.child.pid ?? NaN), name);
    } catch {
      // The group is gone.
    }
  }
}
