/** The conformance suites: what every source and every sink must do, as cases for any test runner. */
export type { ConformanceCase } from './testkit/conformance-case.js';
export { sourceCases, type KnownSource } from './testkit/source-suite.js';
export { sinkCases, type KnownSink } from './testkit/sink-suite.js';
