import type { FindingKind } from '../finding.js';

/** The rules of money that explanations name, in a few words each. */
const RULES = {
  1: 'rows fold into jobs',
  2: 'a record is a job’s when owner and submit time agree',
  3: 'a sink bills one cluster',
  4: 'the portal wants the numeric uid',
  5: 'a list is never proof of absence, and what has just ended is left to the completion plugin',
  6: 'a job under a display id is charged twice',
  7: 'price × allocated CPUs × (end − start), half-up; suspended time and earlier runs as the plugin does',
  8: 'a job is priced by the list in force when it ended',
  10: 'a job that never ran costs nothing',
  11: 'only ended jobs are written, by the end of the charged run',
  14: 'human decisions stand',
  15: 'Slurm can be wrong, too',
  16: 'outside the allocation’s dates a record is stored and not charged',
  17: 'facts are quiet',
  18: 'a list is read whole before anything is written',
  19: 'a decrease must fit into what is used',
  22: 'taken back only where the sink still holds what was written',
} as const;
type RuleNumber = keyof typeof RULES;

const RULE_OF_FINDING = {
  'missing-in-source': 5,
  'id-reused': 2,
  'owner-differs': 2,
  'clock-shifted': 2,
  'other-cluster': 3,
  'unknown-user': 4,
  'unknown-account': 11,
  'unknown-partition': 8,
  'duplicate-array-id': 6,
  'adjusted-by-hand': 14,
  'repaired-in-source': 15,
  runaway: 15,
  'still-running': 11,
  'never-started': 10,
  settling: 5,
  requeued: 7,
  resized: 7,
  suspended: 7,
  'outside-allocation': 16,
  'before-period': 11,
  'after-period': 11,
  'would-clamp': 19,
  'unstable-list': 18,
  'not-reverted': 22,
} as const satisfies Record<FindingKind, RuleNumber>;

/** `money 14: human decisions stand`. */
export function ruleOf(kind: FindingKind): string {
  const number = RULE_OF_FINDING[kind];
  return `money ${number}: ${RULES[number]}`;
}
