import { changeFields } from '../plan-file.js';
import type { Mover, RunReport } from './run-report.js';

/** What `report --json` prints: changes as plans hold them. */
export interface ReportJson extends Omit<RunReport, 'movers'> {
  readonly movers: readonly (Omit<Mover, 'change'> & { readonly change: object })[];
  /** The page that was written; null: none. */
  readonly html: string | null;
}

export function reportJson({ movers, ...rest }: RunReport, html: string | null): ReportJson {
  return { ...rest, movers: movers.map(({ change, ...mover }) => ({ ...mover, change: changeFields(change) })), html };
}
