/** The conformance suites: what every source and every sink must do, under tap, node:test or any other test runner. */
export type { ConformanceCase, TestRunner } from './testkit/conformance-case.js';
export { sourceCases, sourceSuite } from './testkit/source-suite.js';
export { sinkCases, sinkSuite } from './testkit/sink-suite.js';
export type { KnownSource, SourceCapability, SourceExpectations } from './testkit/known-source.js';
export type { KnownSink, SinkCapability, SinkExpectations } from './testkit/known-sink.js';
export type { Create, Expectations, Fault, Trial } from './testkit/trial.js';
export { AUTUMN_HOURS } from './testkit/autumn.js';
export { startFaultyServer, type FaultyServer } from './testkit/faulty-server.js';
export { openSourcePlugin, openSinkPlugin, type PluginSurroundings } from './testkit/open-plugin.js';
