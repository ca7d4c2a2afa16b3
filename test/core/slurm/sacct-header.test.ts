import t from 'tap';
import { isSacctHeader, splitSacctHeader } from '../../../src/core/slurm/sacct-header.js';
import { linesOf, readRecording } from './recordings.js';

const NAMES = ['JobID', 'JobIDRaw', 'User', 'State'];

void t.test('a header tells its delimiter', (t) => {
  for (const delimiter of ['|', '##', ',', '\t', '\u001f', '~|~']) {
    t.same(splitSacctHeader(NAMES.join(delimiter)), { header: NAMES, delimiter }, JSON.stringify(delimiter));
    t.ok(isSacctHeader(NAMES.join(delimiter), delimiter));
  }
  t.same(splitSacctHeader('JobIDRaw|State|\r\n'), { header: ['JobIDRaw', 'State', ''], delimiter: '|' }, '-p');
  t.same(splitSacctHeader('jobidraw|state'), { header: ['jobidraw', 'state'], delimiter: '|' });
  t.end();
});

void t.test('a data line is no header', (t) => {
  const lines = linesOf(readRecording('slurm-22.05.8/sacct-retired-format.psv'));
  for (const line of [...lines, '', 'user', 'user|COMPLETED', 'ann|normal|State', 'JobID|a b|State', '{"jobs": []}', 'Fred Bloggs']) {
    t.equal(splitSacctHeader(line), null, line);
    t.notOk(isSacctHeader(line, '|'), line);
  }
  t.end();
});

void t.test('aligned columns are refused: they cut long values', (t) => {
  const aligned = 'JobID           JobName  Partition    Account  AllocCPUS      State ExitCode ';
  t.throws(() => splitSacctHeader(aligned), { code: 'INPUT_INVALID', remedy: /-P/ });
  t.end();
});
