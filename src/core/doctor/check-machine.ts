import { failure, ok, type Check } from './check.js';

const OLDEST_NODE = 20;

/** @param version of Node.js, such as `20.19.0` */
export function checkNode(version: string): Check {
  if (Number.parseInt(version, 10) >= OLDEST_NODE) return ok('node', version);
  return failure('node', `${version} is too old`, `Install Node.js ${OLDEST_NODE} or newer.`);
}
