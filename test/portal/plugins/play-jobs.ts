import type { Row } from '../../../src/core/job.js';
import { pluginEvents } from './plugin-events.js';
import type { PluginEvent, PluginSettings } from './plugin-events.js';

export interface PlayOptions extends PluginSettings {
  /** Ends in `/api/`. */
  readonly baseUrl: string;
  readonly token: string;
  /** Which requests never reach the portal. */
  readonly lose?: (event: PluginEvent) => boolean;
  /** How long a plugin waits; its five seconds unless told. */
  readonly deadlineMs?: number;
}

/** What became of a request: the portal's status, `lost` on the way, or `unanswered` within the deadline. */
export interface PlayedEvent extends PluginEvent {
  readonly outcome: number | 'lost' | 'unanswered';
}

/** Tells the portal of these rows as the plugins do: one request after the other, none ever repeated. */
export async function playJobs(rows: readonly Row[], options: PlayOptions): Promise<PlayedEvent[]> {
  const played: PlayedEvent[] = [];
  for (const event of pluginEvents(rows, options)) {
    played.push({ ...event, outcome: options.lose?.(event) === true ? 'lost' : await send(event, options) });
  }
  return played;
}

async function send({ request }: PluginEvent, options: PlayOptions): Promise<number | 'unanswered'> {
  try {
    const response = await fetch(new URL(request.path.slice(1), options.baseUrl), {
      method: request.method,
      headers: { Authorization: `Token ${options.token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(request.body),
      signal: AbortSignal.timeout(options.deadlineMs ?? 5000),
    });
    await response.text();
    return response.status;
  } catch {
    return 'unanswered';
  }
}
