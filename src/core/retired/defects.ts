/** The known defects of the retired scripts that show in their logs, by the numbers of docs/MIGRATING.md; and what is none of theirs. */
export const CAUSES = {
  '1': 'every job is sent every time, changed or not',
  '2': 'a task of an array, or a component of a heterogeneous job, goes under the id that people see, and is charged a second time',
  '3': 'node lists are sent unexpanded',
  '4': 'prices are matched by a part of the name, and a partition without a price costs 1 or 0',
  '5': 'the state is sent with a uid, or cut to its column',
  '6': 'local times are sent as UTC',
  '7': 'a push that failed is logged, and the run ends as if nothing was',
  '8': 'the first page is read twice',
  '9': 'all ids go into one command, which is too long to be run',
  '10': 'a division by zero below ten jobs',
  '11': 'a job that never started is dropped, and keeps its estimate',
  'other-run': 'no defect: the job was requeued, resized or ended again, and is charged by its last run',
  'free-qos': 'no defect: the QOS is free by the configuration',
  unexplained: 'nothing known explains it',
} as const;

export type Cause = keyof typeof CAUSES;
