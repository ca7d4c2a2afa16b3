import type { ChangeStatus } from './run-changes.js';

/** What became of a change, in words. */
export const STATUS_TEXT: Readonly<Record<ChangeStatus, string>> = {
  applied: 'applied',
  logged: 'logged',
  planned: 'planned',
  rejected: 'refused',
  unsettled: 'no settled answer',
  unauthorised: 'credentials refused',
  'not-as-sent': 'stored otherwise',
  'not-sent': 'not sent',
  unknown: 'not known',
};
