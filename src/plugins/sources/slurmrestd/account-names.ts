import type { RestClient } from './rest-client.js';
import { namesOf, type Session } from './session.js';

/** Deleted accounts, too: their jobs were charged. */
export async function readAccountNames(client: RestClient, { version }: Session, signal: AbortSignal): Promise<readonly string[]> {
  const query = new URLSearchParams({ with_deleted: 'true' });
  const reply = await client.get({ path: `slurmdb/${version}/accounts`, query, signal });
  return [...new Set(namesOf(reply, 'accounts'))].sort();
}
