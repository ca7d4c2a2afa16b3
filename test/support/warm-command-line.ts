import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Invocation {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const PROCESS = fileURLToPath(new URL('./warm-process.js', import.meta.url));
let process_: ChildProcess | null = null;
let isBusy = false;

/**
 * The built command line in one process that stays: a start costs most of what a command in a test costs.
 * Null while it is at work: whoever wants two at once wants two processes.
 * A plugin's module is loaded once: a test that rewrites it starts a process of its own.
 */
export async function warmCommandLine(invocation: Invocation): Promise<Answer | null> {
  if (isBusy) return null;
  isBusy = true;
  // What did not come to pass is no longer listened for.
  const settled = new AbortController();
  try {
    process_ ??= startProcess();
    const answered = Promise.race([
      once(process_, 'message', { signal: settled.signal }),
      once(process_, 'exit', { signal: settled.signal }).then(([code]) => [{ died: code as number }]),
    ]);
    process_.send(invocation);
    process_.ref();
    const [answer] = (await answered) as [Answer | { readonly died: number }];
    if ('died' in answer) throw new Error(`brc-sync ${invocation.args.join(' ')}: the process ended with ${answer.died}`);
    return answer;
  } finally {
    settled.abort();
    process_?.unref();
    isBusy = false;
  }
}

function startProcess(): ChildProcess {
  const child = fork(PROCESS, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  child.channel?.unref();
  return child;
}
