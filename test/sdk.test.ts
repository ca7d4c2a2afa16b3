import t from 'tap';
import ts from 'typescript';
import * as sdk from '../src/sdk.js';
import * as testkit from '../src/testkit.js';

/** What strangers build on: nothing of it may go, or change its meaning, within one `API_VERSION`. */
const PROMISED = [
  'API_VERSION BASE_DIRECTORY BrcSyncError CLOCK CONFIG HTTP HttpError JOB_SCHEMA JOB_STATES LOGGER OUTPUT RECORD_SCHEMA SECRETS SECRET_SCHEMA',
  'SIGNAL SITE aliasIds contains defineSink defineSource endOfDate expandHostlist firstInstantOfDate formatAmount formatInstant hasNodes inject',
  'injectable instantsOfLocal isEndedState notStoredAsSent parseAmount parseInstant readLines',
].flatMap((line) => line.split(' '));

void t.test('the SDK offers what it promises, and no more', async (t) => {
  t.strictSame(Object.keys(sdk).sort(), PROMISED.sort());
  t.equal(sdk.API_VERSION, 1);
  t.strictSame(
    Object.keys(testkit).sort(),
    [
      'AUTUMN_HOURS',
      'openSinkPlugin',
      'openSourcePlugin',
      'sinkCases',
      'sinkSuite',
      'sourceCases',
      'sourceSuite',
      'startFaultyServer',
    ].sort(),
  );
});

void t.test('whatever a plugin author can name says what it means', async (t) => {
  const doors = ['src/sdk.ts', 'src/testkit.ts'];
  const options = { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, experimentalDecorators: true, types: [], noLib: true };
  const program = ts.createProgram(doors, options);
  const checker = program.getTypeChecker();
  for (const door of doors) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(door)!)!;
    const exported = checker.getExportsOfModule(module).map((symbol) => {
      return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    });
    const own = exported.filter((symbol) => symbol.declarations?.some((each) => !each.getSourceFile().fileName.includes('node_modules')));
    t.ok(own.length > 10);
    const silent = own.filter((symbol) => symbol.getDocumentationComment(checker).length === 0).map(({ name }) => name);
    t.strictSame(silent, [], door);
  }
});
