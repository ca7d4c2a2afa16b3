// Turns src/*.ts into dist/*.js by leaving out the types, with nothing beside Node 22.13 or TypeScript.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import nodeModule from 'node:module';

const typescript = await import('typescript').then(
  ({ default: ts }) => ts,
  () => null,
);

function withoutTypes(source) {
  if (typescript === null) return nodeModule.stripTypeScriptTypes(source);
  const compilerOptions = { target: 'es2022', module: 'esnext', verbatimModuleSyntax: true };
  return typescript.transpileModule(source, { compilerOptions }).outputText;
}

const stale = readdirSync('src').filter((name) => {
  const built = statSync(`dist/${name.replace(/ts$/, 'js')}`, { throwIfNoEntry: false });
  return built === undefined || built.mtimeMs < statSync(`src/${name}`).mtimeMs;
});
if (stale.length > 0 && typescript === null && nodeModule.stripTypeScriptTypes === undefined) {
  console.error(
    `${stale.join(', ')} changed: this Node cannot leave out types. Use Node 22.13 or newer, or: npm install --save-dev typescript`,
  );
  process.exit(1);
}
mkdirSync('dist', { recursive: true });
for (const name of stale) writeFileSync(`dist/${name.replace(/ts$/, 'js')}`, withoutTypes(readFileSync(`src/${name}`, 'utf8')));
