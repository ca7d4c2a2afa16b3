/** What brc-sync tells cron and the shell. Documented in the README; DESIGN "Exit codes". */
export const EXIT = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  incomplete: 3,
  guard: 4,
  locked: 5,
  unreachable: 6,
  drift: 7,
  interrupted: 130,
  terminated: 143,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
