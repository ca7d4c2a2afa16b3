import { formatAmount, parseAmount, type RecordTotals, type SinkRecord } from '../../../builtin-sdk.js';

export async function sumRecords(batches: AsyncIterable<readonly SinkRecord[]>): Promise<RecordTotals> {
  let count = 0;
  let cents = 0n;
  let cpuHours = 0;
  for await (const records of batches) {
    for (const record of records) {
      count += 1;
      cents += parseAmount(record.amount);
      cpuHours += record.cpuHours ?? 0;
    }
  }
  return { count, amount: formatAmount(cents), cpuHours };
}
