import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { InstanceRequest } from '../container.js';
import type { Metric, Sample } from './exposition.js';

const QUANTILES = [0.5, 0.9, 0.99, 1];

interface Latency {
  readonly instance: string;
  readonly method: string;
  /** In milliseconds. */
  readonly histogram: RecordableHistogram;
  seconds: number;
}

/** Counts the requests of a run, and how long they took. */
export class RequestTally {
  readonly #counts = new Map<string, { labels: Record<string, string>; count: number }>();
  readonly #latencies = new Map<string, Latency>();

  add({ instance, method, result, ms }: InstanceRequest): void {
    const key = `${instance} ${method} ${result}`;
    const counted = this.#counts.get(key);
    if (counted === undefined) this.#counts.set(key, { labels: { peer: instance, method, result }, count: 1 });
    else counted.count += 1;

    const name = `${instance} ${method}`;
    let latency = this.#latencies.get(name);
    if (latency === undefined) this.#latencies.set(name, (latency = { instance, method, histogram: createHistogram(), seconds: 0 }));
    // The histogram counts from 1.
    latency.histogram.record(Math.max(1, Math.round(ms)));
    latency.seconds += ms / 1000;
  }

  metrics(): readonly Metric[] {
    const byKey = <T>(map: ReadonlyMap<string, T>): T[] => [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
    return [
      {
        name: 'brc_sync_last_run_requests',
        help: 'Requests that the last run sent, each attempt by itself, by what was answered: an HTTP status, or what became of one without.',
        type: 'gauge',
        samples: byKey(this.#counts).map(({ labels, count }) => ({ labels, value: count })),
      },
      {
        name: 'brc_sync_last_run_request_duration_seconds',
        help: 'How long the attempts of the last run took, from sending to the whole answer.',
        type: 'summary',
        samples: byKey(this.#latencies).flatMap(latencySamples),
      },
    ];
  }
}

function latencySamples({ instance, method, histogram, seconds }: Latency): Sample[] {
  const labels = { peer: instance, method };
  return [
    ...QUANTILES.map((quantile) => ({
      labels: { ...labels, quantile: String(quantile) },
      value: histogram.percentile(quantile * 100) / 1000,
    })),
    { labels, suffix: '_sum', value: Number(seconds.toFixed(3)) },
    { labels, suffix: '_count', value: histogram.count },
  ];
}
