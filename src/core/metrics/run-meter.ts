import type { InstanceRequest } from '../container.js';
import type { Logger } from '../plugin-environment.js';
import type { RunSummary } from '../report.js';
import { exitCodeOf } from '../run.js';
import type { RunBeginning } from '../runs/run-beginning.js';
import { labelText, writeMetrics } from './exposition.js';
import { assertMetricsWritable, earlierValue, replaceMetrics } from './metrics-file.js';
import { RequestTally } from './request-tally.js';
import { endMetrics, LAST_SUCCESS, summaryMetrics } from './run-metrics.js';

export interface RunMeterOptions {
  /** Where the metrics go; null: nowhere. */
  readonly path: string | null;
  readonly version: string;
  /** Milliseconds since 1970; for tests. */
  readonly nowMs?: () => number;
}

/** Measures one run, and writes its metrics when it has ended, however it did. */
export class RunMeter {
  readonly #options: RunMeterOptions;
  readonly #nowMs: () => number;
  readonly #beganMs: number;
  readonly #requests = new RequestTally();
  #about: RunBeginning = { command: '', source: '', sink: '' };

  /** @throws BrcSyncError `OUTPUT_FAILED` where they could not be written in the end */
  constructor(options: RunMeterOptions) {
    if (options.path !== null) assertMetricsWritable(options.path);
    this.#options = options;
    this.#nowMs = options.nowMs ?? Date.now;
    this.#beganMs = this.#nowMs();
  }

  /** What the metrics are about, once it is known. */
  readonly begin = ({ command, source, sink }: RunBeginning): void => {
    this.#about = { command, source, sink };
  };

  readonly countRequest = (request: InstanceRequest): void => this.#requests.add(request);

  ended(summary: RunSummary, logger: Logger): void {
    const exitCode = exitCodeOf(summary, false);
    this.#write(exitCode, exitCode === 0 && summary.applied !== null, summary, logger);
  }

  failed(exitCode: number, logger: Logger): void {
    this.#write(exitCode, false, null, logger);
  }

  /** The run is over: that its metrics cannot be written must not make it fail. */
  #write(exitCode: number, isSuccess: boolean, summary: RunSummary | null, logger: Logger): void {
    const { path, version } = this.#options;
    if (path === null) return;
    const labels = { ...this.#about };
    const endedAt = this.#nowMs() / 1000;
    const durationSeconds = Number((endedAt - this.#beganMs / 1000).toFixed(3));
    const lastSuccessAt = isSuccess ? endedAt : earlierValue(path, LAST_SUCCESS, labelText(labels));
    const end = endMetrics({ endedAt, durationSeconds, exitCode, lastSuccessAt, version });
    const metrics = [...end, ...(summary === null ? [] : summaryMetrics(summary)), ...this.#requests.metrics()];
    try {
      replaceMetrics(path, writeMetrics(metrics, labels));
    } catch (error) {
      logger.warn('the metrics were not written', { error });
    }
  }
}
