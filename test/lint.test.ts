import { spawnSync } from 'node:child_process';
import t from 'tap';

void t.test('formatter, linter and import rules have nothing to say (npm run lint)', (t) => {
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', 'lint'], { encoding: 'utf8' });
  t.equal(status, 0, status === 0 ? 'npm run lint' : `${stdout}${stderr}`.slice(-10_000));
  t.end();
});
