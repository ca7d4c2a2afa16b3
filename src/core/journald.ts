import { fstatSync } from 'node:fs';

type Level = 'debug' | 'info' | 'warn' | 'error';

/** Priorities of syslog(3), as sd-daemon(3) has them before a line. */
const PRIORITIES = { error: 3, warn: 4, info: 6, debug: 7 } as const satisfies Record<Level, number>;

/** Whether what is written to this descriptor goes straight into the journal: systemd then names its device and inode in `$JOURNAL_STREAM`. */
export function isJournal(env: Readonly<Record<string, string | undefined>>, descriptor: number): boolean {
  const stream = env.JOURNAL_STREAM;
  if (stream === undefined || stream === '') return false;
  try {
    const { dev, ino } = fstatSync(descriptor);
    return stream === `${dev}:${ino}`;
  } catch {
    return false;
  }
}

/** One entry of the journal: it would make an entry of each line, and none of them but the first would have the level. */
export function journalLine(level: Level, text: string): string {
  return `<${PRIORITIES[level]}>${text.replaceAll(/\s*\n\s*/g, ' ')}`;
}
