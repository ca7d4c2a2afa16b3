import { Errors, flush, run } from '@oclif/core';
import { pathToFileURL } from 'node:url';
import type { Answer, Invocation } from './warm-command-line.js';

// What bin/run.js does, again and again in one process; see warm-command-line.ts.
const BIN = pathToFileURL('bin/run.js').href;

class Exit extends Error {}

process.on('message', (invocation: Invocation) => {
  void perform(invocation).then((answer) => process.send?.(answer));
});

async function perform({ args, cwd, env }: Invocation): Promise<Answer> {
  const home = process.cwd();
  const printed = { stdout: '', stderr: '' };
  const undo = [capture('stdout', printed), capture('stderr', printed), replaceEnvironment(env), replaceExit()];
  process.chdir(cwd);
  leave(undefined);
  try {
    await run([...args], BIN);
    await flush();
  } catch (error) {
    await handle(error);
  } finally {
    process.chdir(home);
    for (const back of undo) back();
    process.stderr.removeAllListeners('error');
    // oclif's flush waits for one that does not come, since nothing is written.
    process.stdout.removeAllListeners('drain');
  }
  const answer = { code: left(), ...printed };
  leave(undefined);
  return answer;
}

function leave(code: NodeJS.Process['exitCode']): void {
  process.exitCode = code;
}

function left(): number {
  return Number(process.exitCode ?? 0);
}

/** As oclif's `execute` does. */
async function handle(error: unknown): Promise<void> {
  if (error instanceof Exit) return;
  await Errors.handle(error as Error).catch((exit: unknown) => {
    if (!(exit instanceof Exit)) throw exit;
  });
}

function capture(name: 'stdout' | 'stderr', printed: Record<typeof name, string>): () => void {
  const stream = process[name];
  const write = stream.write.bind(stream);
  stream.write = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
    printed[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    const callback = typeof encoding === 'function' ? encoding : done;
    if (typeof callback === 'function') process.nextTick(callback);
    return true;
  };
  return () => {
    stream.write = write;
  };
}

function replaceEnvironment(env: Invocation['env']): () => void {
  const before = process.env;
  process.env = { ...env };
  return () => {
    process.env = before;
  };
}

function replaceExit(): () => void {
  const exit = process.exit.bind(process);
  process.exit = (code): never => {
    leave(code ?? undefined);
    throw new Exit();
  };
  return () => {
    process.exit = exit;
  };
}
