/** A value, with what tells it from the others of its metric. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  /** A decimal text is written as it stands. */
  readonly value: number | string;
  /** `_sum` or `_count` of a summary. */
  readonly suffix?: '_sum' | '_count';
}

export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'summary';
  readonly samples: readonly Sample[];
}

/**
 * The text format of Prometheus, version 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/): metrics without samples are left out.
 * @param common labels that every sample has
 */
export function writeMetrics(metrics: readonly Metric[], common: Readonly<Record<string, string>>): string {
  return metrics
    .filter(({ samples }) => samples.length > 0)
    .flatMap(({ name, help, type, samples }) => [
      `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
      `# TYPE ${name} ${type}`,
      ...samples.map(({ labels, value, suffix = '' }) => `${name}${suffix}${labelText({ ...common, ...labels })} ${value}`),
    ])
    .map((line) => `${line}\n`)
    .join('');
}

/** `{command="run full",sink="mybrc"}`; text of others may hold anything. */
export function labelText(labels: Readonly<Record<string, string>>): string {
  const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',')}}`;
}
