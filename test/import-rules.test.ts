import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';

const CRUISER = resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs');

/** For every rule, a file that breaks it. */
const PLANTED: Readonly<Record<string, { readonly file: string; readonly content: string }>> = {
  'core-knows-no-plugin-and-no-oclif': { file: 'src/core/a.ts', content: "import '@oclif/core';" },
  'sdk-and-testkit-know-no-plugin': { file: 'src/testkit/b.ts', content: "import '../plugins/sinks/planted/index.js';" },
  'a-plugin-imports-its-sdk-only': { file: 'src/plugins/sinks/planted/index.ts', content: "import '../../../core/innocent.js';" },
  'only-the-inventory-names-plugins': { file: 'src/c.ts', content: "import './plugins/sinks/planted/index.js';" },
  'only-commands-know-the-inventory': { file: 'src/core/d.ts', content: "import '../builtin-plugins.js';" },
  'commands-import-core': { file: 'src/commands/e.ts', content: "import '../sdk.js';" },
  'the-door-of-built-ins-is-theirs': { file: 'src/core/l.ts', content: "import '../builtin-sdk.js';" },
  'injection-in-one-place': { file: 'src/core/f.ts', content: "import 'tsyringe';" },
  'ajv-in-one-place': { file: 'src/core/g.ts', content: "import 'ajv';" },
  'fetch-in-one-place': { file: 'src/core/h.ts', content: "import 'cross-fetch';" },
  'no-cycles': { file: 'src/core/i-again.ts', content: "import type {} from './i.js';" },
  'nothing-unresolved': { file: 'src/core/j.ts', content: "import 'no-such-package';" },
};
const OTHERS = {
  'src/core/innocent.ts': 'export {};',
  'src/core/i.ts': "import type {} from './i-again.js';",
  'src/builtin-plugins.ts': "import './plugins/sinks/planted/index.js';",
  'src/sdk.ts': "import 'tsyringe';",
  'src/builtin-sdk.ts': "import './core/innocent.js';",
};

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

async function violationsIn(folder: string): Promise<readonly Violation[]> {
  const options = { cwd: folder, maxBuffer: 64 * 1024 * 1024 };
  const ended = await promisify(execFile)(process.execPath, [CRUISER, 'src', '--output-type', 'json'], options).catch(
    (error: unknown) => error,
  );
  return (JSON.parse((ended as { stdout: string }).stdout) as { summary: { violations: Violation[] } }).summary.violations;
}

function write(folder: string, file: string, content: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), content);
}

void t.test('every rule has a planted violation here', (t) => {
  const config = createRequire(import.meta.url)(resolve('.dependency-cruiser.cjs')) as { forbidden: { name: string }[] };
  t.same(config.forbidden.map((rule) => rule.name).sort(), Object.keys(PLANTED).sort());
  t.end();
});

void t.test('the source breaks no rule', async (t) => t.same(await violationsIn('.'), []));

void t.test('each planted violation is found, and what is allowed is not', async (t) => {
  const folder = t.testdir({});
  for (const name of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json']) cpSync(name, join(folder, name));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  for (const { file, content } of Object.values(PLANTED)) write(folder, file, content);
  for (const [file, content] of Object.entries(OTHERS)) write(folder, file, content);
  const violations = await violationsIn(folder);
  for (const [rule, { file }] of Object.entries(PLANTED)) {
    t.ok(
      violations.some((violation) => violation.rule.name === rule && violation.from === file),
      rule,
    );
  }
  const innocent = ['src/builtin-plugins.ts', 'src/sdk.ts', 'src/core/innocent.ts'];
  t.same(
    violations.filter((violation) => innocent.includes(violation.from)),
    [],
  );
});
