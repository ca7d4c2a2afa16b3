// The JavaScript of the TypeScript templates, so that what `plugins create --typescript` makes runs on a Node that cannot leave out types.
// node scripts/write-templates.mjs [DIRECTORY]
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const target = process.argv[2] ?? 'templates';
const compilerOptions = { target: 'es2022', module: 'esnext', verbatimModuleSyntax: true };
for (const kind of ['sink-typescript', 'source-typescript']) {
  const source = join('templates', kind, 'src');
  mkdirSync(join(target, kind, 'dist'), { recursive: true });
  for (const name of readdirSync(source)) {
    const { outputText } = ts.transpileModule(readFileSync(join(source, name), 'utf8'), { compilerOptions });
    writeFileSync(join(target, kind, 'dist', name.replace(/ts$/, 'js')), outputText);
  }
}
