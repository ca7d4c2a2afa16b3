import { createHash } from 'node:crypto';

/** What a run writes to: the same portal and cluster under whatever instance name. */
export interface SinkPlace {
  readonly target: string;
  readonly cluster: string | null;
}

/** A sink that names no target is known by its instance. */
export function placeOf(sink: { readonly name: string; readonly target: string | null; readonly cluster: string | null }): SinkPlace {
  return { target: sink.target ?? `instance ${sink.name}`, cluster: sink.cluster };
}

/** A name for files about this place. */
export function keyOfPlace({ target, cluster }: SinkPlace): string {
  return createHash('sha256')
    .update(JSON.stringify([target, cluster]))
    .digest('hex')
    .slice(0, 16);
}
