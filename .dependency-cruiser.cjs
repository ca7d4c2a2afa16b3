/** The import rules of the architecture; `depcruise src` runs in `npm test`, and test/import-rules.test.ts plants a violation of each. */
module.exports = {
  forbidden: [
    {
      name: 'core-knows-no-plugin-and-no-oclif',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { path: '^src/(plugins|commands)/|node_modules/@oclif/|^@oclif/' },
    },
    {
      name: 'sdk-and-testkit-know-no-plugin',
      severity: 'error',
      from: { path: '^src/(sdk|builtin-sdk|testkit)' },
      to: { path: '^src/(plugins|commands)/|node_modules/@oclif/|^@oclif/' },
    },
    {
      name: 'a-plugin-imports-its-sdk-only',
      severity: 'error',
      from: { path: '^src/plugins/([^/]+)/([^/]+)/' },
      to: { path: '^src/', pathNot: ['^src/builtin-sdk\\.ts$', '^src/plugins/$1/$2/'] },
    },
    {
      name: 'only-the-inventory-names-plugins',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(plugins/|builtin-plugins\\.ts$)' },
      to: { path: '^src/plugins/' },
    },
    {
      name: 'only-commands-know-the-inventory',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/commands/' },
      to: { path: '^src/builtin-plugins\\.ts$' },
    },
    {
      name: 'commands-import-core',
      severity: 'error',
      from: { path: '^src/commands/' },
      to: { path: '^src/(plugins|testkit|sdk|builtin-sdk)' },
    },
    {
      name: 'the-door-of-built-ins-is-theirs',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/plugins/' },
      to: { path: '^src/builtin-sdk\\.ts$' },
    },
    {
      name: 'injection-in-one-place',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(sdk|core/instance-scope|core/tokens)\\.ts$' },
      to: { path: 'node_modules/(tsyringe|reflect-metadata)/' },
    },
    {
      name: 'ajv-in-one-place',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/core/schema\\.ts$' },
      to: { path: 'node_modules/ajv/' },
    },
    {
      name: 'fetch-in-one-place',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/core/http\\.ts$' },
      to: { path: 'node_modules/cross-fetch/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'nothing-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    // Without these the cruiser cannot see packages that have an exports map, and the rules pass silently.
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
