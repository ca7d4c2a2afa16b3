import type { Logger } from '../core/plugin-environment.js';
import type { Progress } from '../core/progress.js';
import type { ProgressBar } from './_progress-bar.js';

/** Between two lines of the log. */
const LINE_EVERY_MS = 30_000;

/** How far the writing has come: a bar with rate and time left on a terminal, and a line now and then in the log. */
export function createProgress(bar: ProgressBar, logger: Logger): Progress {
  let began = 0;
  let lineAt = 0;
  let total = 0;
  let last = 0;

  function rate(): number {
    return last / Math.max(0.001, (Date.now() - began) / 1000);
  }

  return {
    begin(planned) {
      total = planned;
      began = lineAt = Date.now();
      logger.info('writing', { planned });
      bar.begin(planned);
    },
    step(done) {
      last = done;
      bar.update(done, { rate: rate().toFixed(1), left: duration((total - done) / Math.max(0.001, rate())) });
      if (Date.now() - lineAt < LINE_EVERY_MS) return;
      lineAt = Date.now();
      logger.info('writing', { done, planned: total, perSecond: Number(rate().toFixed(1)) });
    },
    end() {
      bar.end();
      logger.info('written', { done: last, planned: total, seconds: Math.round((Date.now() - began) / 1000) });
    },
  };
}

/** `42s`, `3m07s`, `2h05m`. */
function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m${two(whole % 60)}s`;
  return `${Math.floor(whole / 3600)}h${two(Math.floor((whole % 3600) / 60))}m`;
}
