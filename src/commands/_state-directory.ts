import { Flags } from '@oclif/core';
import { parseInstant } from '../core/instants.js';
import { localTime } from '../core/local-time.js';
import { writeWallClock } from '../core/wall-clock.js';

export const stateDirectoryFlag = Flags.string({
  description: 'Where runs leave their files. Otherwise $BRC_SYNC_STATE_DIR, $XDG_STATE_HOME/brc-sync, ~/.local/state/brc-sync.',
  helpValue: 'DIR',
});

/** `2026-11-22 03:12:05 PST`: in the site's zone, or in UTC where nobody knows it. */
export function whenText(instant: string, timeZone: string | null): string {
  const seconds = parseInstant(instant) ?? 0;
  if (timeZone === null) return `${writeWallClock(seconds).replace('T', ' ')} UTC`;
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'short' }).formatToParts(seconds * 1000);
  const zone = parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
  return `${localTime(seconds, timeZone)} ${zone}`;
}
