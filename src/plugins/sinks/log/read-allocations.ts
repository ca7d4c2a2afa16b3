import {
  accountOfAllocation,
  badInput,
  BrcSyncError,
  chooseAllocations,
  eachLine,
  isPortalFault,
  lineBlocks,
  openInput,
  readDocuments,
  readPortalAllocation,
  showFile,
  sniff,
  type PortalAllocation,
  type SinkAccount,
} from '../../../builtin-sdk.js';
import { ListTotals } from './list-totals.js';

export interface AllocationOptions {
  readonly timeZone: string;
  /** Accounts whose name begins with one of these and `_` have an allocation with an end that the portal checks. */
  readonly periodicPrefixes: readonly string[];
  /** Pattern of the names of compute resources. */
  readonly computeResource: string;
  readonly signal: AbortSignal;
}

/** The accounts behind what `GET /allocations/` returned: one for each project with an allocation of a compute resource, whatever its status. */
export async function readAllocations(files: readonly string[], options: AllocationOptions): Promise<SinkAccount[]> {
  const pattern = toPattern(options.computeResource);
  const byId = new Map<number, PortalAllocation>();
  const totals = new ListTotals();
  for (const file of files) await readFile(file, options.signal, totals, (allocation) => byId.set(allocation.id, allocation));
  totals.verify(files.map(showFile).join(', '), byId.size, null);
  const chosen = chooseAllocations(byId.values(), ({ resources }) => resources.some(({ name }) => pattern.test(name)));
  return [...chosen.values()].map((allocation) => accountOfAllocation(allocation, options));
}

async function readFile(
  file: string,
  signal: AbortSignal,
  totals: ListTotals,
  take: (allocation: PortalAllocation) => void,
): Promise<void> {
  const { form, chunks } = await sniff(openInput(file, signal));
  if (form === 'json') {
    await readDocuments(chunks, file, {
      record: (value, position) => take(toAllocation(value, file, position, 'record')),
      end: (document) => totals.note(document),
      chunkDone: () => Promise.resolve(),
    });
    return;
  }
  totals.note({ rest: {} });
  let line = 1;
  for await (const bytes of lineBlocks(chunks, file)) {
    line = eachLine(bytes, line, (block, start, end, position) =>
      take(toAllocation(parseJson(block.toString('utf8', start, end)), file, position, 'line')),
    );
  }
}

function toAllocation(value: unknown, file: string, position: number, unit: 'record' | 'line'): PortalAllocation {
  const allocation = readPortalAllocation(value);
  if (isPortalFault(allocation)) throw badInput({ file, position, unit }, allocation);
  return allocation;
}

function toPattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new BrcSyncError('CONFIG_INVALID', {
      message: `computeResource is no pattern: ${error instanceof Error ? error.message : text}.`,
      remedy: 'Write a regular expression, such as " Compute$".',
      context: { field: 'computeResource', value: text },
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
