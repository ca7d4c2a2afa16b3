import { delimiter, dirname } from 'node:path';

export type ScheduleKind = 'cron' | 'systemd';

export interface ScheduleOptions {
  /** Absolute path of plugins.json. */
  readonly plugins: string;
  readonly source: string;
  readonly sink: string;
  /** How brc-sync is started, as a shell takes it. */
  readonly program: string;
  /** Absolute path of Node.js. */
  readonly node: string;
}

/** Where the packaged service looks. */
const PACKAGED_PLUGINS = '/etc/brc-sync/plugins.json';

/** What to install so that runs happen by themselves: an introduction, and lines to copy. */
export function scheduleLines(kind: ScheduleKind, options: ScheduleOptions): { readonly about: string; readonly lines: readonly string[] } {
  return kind === 'cron' ? cron(options) : systemd(options);
}

function cron({ plugins, source, sink, program, node }: ScheduleOptions): ReturnType<typeof scheduleLines> {
  const path = [...new Set([dirname(node), '/usr/local/bin', '/usr/bin', '/bin'])].join(delimiter);
  // The report is in the files of the run; what went wrong is mailed, with what to type.
  const run = (command: string): string =>
    `${program} run ${command} --source ${source} --sink ${sink} --wait 1800 >/dev/null || ${program} status`;
  return {
    about: 'For cron, in the crontab (crontab -e) of the user who shall run it; cron mails what goes wrong:',
    lines: [`PATH=${path}`, `BRC_SYNC_PLUGINS=${plugins}`, `17 * * * *  ${run('update')}`, `30 2 * * *  ${run('full')}`],
  };
}

function systemd({ plugins, source, sink }: ScheduleOptions): ReturnType<typeof scheduleLines> {
  const where = plugins === PACKAGED_PLUGINS ? [] : [`# the service reads ${PACKAGED_PLUGINS}: put plugins.json and its files there`];
  return {
    about: 'For the timers of the Debian package, as root:',
    lines: [
      ...where,
      `sed -i 's/^BRC_SYNC_SOURCE=.*/BRC_SYNC_SOURCE=${source}/; s/^BRC_SYNC_SINK=.*/BRC_SYNC_SINK=${sink}/' /etc/default/brc-sync`,
      'systemctl enable --now brc-sync-update.timer brc-sync-full.timer',
    ],
  };
}
