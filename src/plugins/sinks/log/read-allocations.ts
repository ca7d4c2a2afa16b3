import {
  badInput,
  BrcSyncError,
  compileSchema,
  eachLine,
  endOfDate,
  firstInstantOfDate,
  lineBlocks,
  openInput,
  readDocuments,
  showFile,
  sniff,
  type Fault,
  type SinkAccount,
} from '../../../sdk.js';
import { ListTotals } from './list-totals.js';

export interface AllocationOptions {
  readonly timeZone: string;
  /** Accounts whose name begins with one of these and `_` have an allocation with an end that the portal checks. */
  readonly periodicPrefixes: readonly string[];
  /** Pattern of the names of compute resources. */
  readonly computeResource: string;
  readonly signal: AbortSignal;
}

interface Allocation {
  readonly id: number;
  readonly project: string;
  readonly resources: readonly { readonly name: string }[];
  readonly status: string;
  readonly start_date: string | null;
  readonly end_date: string | null;
}

/** Older portals add a time. */
const dateOrNull = { type: ['string', 'null'], pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}(T.*)?$' } as const;
const isAllocation = compileSchema<Allocation>({
  type: 'object',
  required: ['id', 'project', 'resources', 'status', 'start_date', 'end_date'],
  properties: {
    id: { type: 'integer' },
    project: { type: 'string', minLength: 1 },
    resources: { type: 'array', items: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } } },
    status: { type: 'string' },
    start_date: dateOrNull,
    end_date: dateOrNull,
  },
});

/** The accounts behind what `GET /allocations/` returned: one for each project with an allocation of a compute resource, whatever its status. */
export async function readAllocations(files: readonly string[], options: AllocationOptions): Promise<SinkAccount[]> {
  const pattern = toPattern(options.computeResource);
  const byId = new Map<number, Allocation>();
  const totals = new ListTotals();
  for (const file of files) await readFile(file, options.signal, totals, (allocation) => byId.set(allocation.id, allocation));
  totals.verify(files.map(showFile).join(', '), byId.size, null);
  const chosen = new Map<string, Allocation>();
  for (const allocation of byId.values()) {
    if (!allocation.resources.some(({ name }) => pattern.test(name))) continue;
    const other = chosen.get(allocation.project);
    if (other === undefined || isBetter(allocation, other)) chosen.set(allocation.project, allocation);
  }
  return [...chosen.values()].map((allocation) => toAccount(allocation, options));
}

async function readFile(file: string, signal: AbortSignal, totals: ListTotals, take: (allocation: Allocation) => void): Promise<void> {
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

function toAllocation(value: unknown, file: string, position: number, unit: 'record' | 'line'): Allocation {
  if (isAllocation(value)) return value;
  throw badInput({ file, position, unit }, faultOf(value));
}

function faultOf(value: unknown): Fault {
  const [error] = isAllocation.errors ?? [];
  const field = error?.instancePath.split('/')[1] ?? null;
  return {
    field,
    value: field === null || typeof value !== 'object' || value === null ? value : Reflect.get(value, field),
    message: `it is no allocation of the portal: ${error?.message ?? 'it does not fit'}.`,
    remedy: 'Use what GET /allocations/ of the portal returned, unchanged.',
  };
}

/** The Active one counts, else the one that began last. */
function isBetter(one: Allocation, other: Allocation): boolean {
  const active = Number(one.status === 'Active') - Number(other.status === 'Active');
  return active === 0 ? (one.start_date ?? '') > (other.start_date ?? '') : active > 0;
}

function toAccount({ project, start_date, end_date }: Allocation, { timeZone, periodicPrefixes }: AllocationOptions): SinkAccount {
  const isPeriodic = periodicPrefixes.some((prefix) => project.startsWith(`${prefix}_`));
  return {
    name: project,
    allocationStart: start_date === null ? null : firstInstantOfDate(start_date.slice(0, 10), timeZone),
    allocationEnd: end_date === null || !isPeriodic ? null : endOfDate(end_date.slice(0, 10), timeZone),
  };
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
