import type { Window } from '../core/window.js';

const HOUR = 3_600;
/** 2026-11-01T09:00:00Z, when clocks in Los Angeles go from 02:00 back to 01:00. */
const CLOCKS_BACK = 1_793_523_600;

/**
 * The hour that Los Angeles has twice in 2026: 01:00 to 02:00 in summer time, then again in winter time. Let some of what your plugin is known to
 * hold end (a source) or start (a sink) in each: a plugin that mixes them up charges a job an hour too much or too little.
 */
export const AUTUMN_HOURS: { readonly first: Window; readonly second: Window } = {
  first: { from: CLOCKS_BACK - HOUR, to: CLOCKS_BACK },
  second: { from: CLOCKS_BACK, to: CLOCKS_BACK + HOUR },
};
