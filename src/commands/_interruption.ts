import { BrcSyncError } from '../core/errors.js';
import { EXIT } from '../core/exit-codes.js';

/** How long what runs may take to stop by itself; a person who pressed Ctrl-C waits at most a second. */
const GRACE_MS = 800;

const EXIT_CODES = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated } as const;
type Signal = keyof typeof EXIT_CODES;

export interface Interruption {
  readonly signal: AbortSignal;
  /** Null: not interrupted. */
  exitCode(): number | null;
  /** The command has ended: signals have their usual effect again. */
  stop(): void;
}

/** Turns Ctrl-C and SIGTERM into an aborted signal; what has not stopped after the grace, or at a second signal, is stopped hard. */
export function listenForInterruption(): Interruption {
  const controller = new AbortController();
  let exitCode: number | null = null;
  const onSignal = (name: Signal): void => {
    if (exitCode !== null) process.exit(exitCode);
    const code = EXIT_CODES[name];
    exitCode = code;
    process.exitCode = code;
    setTimeout(() => process.exit(code), GRACE_MS).unref();
    controller.abort(interrupted(name));
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    exitCode: () => exitCode,
    stop: () => void process.off('SIGINT', onSignal).off('SIGTERM', onSignal),
  };
}

function interrupted(name: Signal): BrcSyncError {
  return new BrcSyncError('INTERRUPTED', {
    message: `interrupted by ${name}`,
    remedy: 'Run it again; what was done is compared anew.',
    context: { signal: name },
  });
}
