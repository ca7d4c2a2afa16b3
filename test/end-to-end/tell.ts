import type { Row } from '../../src/core/job.js';
import { pluginEvents } from '../portal/plugins/plugin-events.js';
import type { PluginEvent, PluginSettings } from '../portal/plugins/plugin-events.js';
import type { Portal } from '../portal/portal.js';

/** What `playJobs` does, past the wire: for hundreds of sites in a minute. What the portal refuses stays untold. */
export function tell(
  portal: Portal,
  rows: readonly Row[],
  settings: PluginSettings,
  isLost: (event: PluginEvent) => boolean = () => false,
): void {
  for (const event of pluginEvents(rows, settings)) {
    if (isLost(event)) continue;
    const { method, body } = event.request;
    try {
      if (method === 'POST') portal.post(body);
      else portal.put(body);
    } catch {
      // 400: the plugins go on.
    }
  }
}
