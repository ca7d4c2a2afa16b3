import tseslint from 'typescript-eslint';

const injectRule = {
  message: 'Every constructor parameter of an @injectable() class names its token.',
  selector:
    "ClassDeclaration:has(Decorator > CallExpression[callee.name='injectable']) MethodDefinition[kind='constructor'] > FunctionExpression > :matches(Identifier, TSParameterProperty).params:not(:has(Decorator))",
};

export default tseslint.config(
  { ignores: ['dist/', '.build/', '.tap/', 'node_modules/', 'test/fixtures/'] },
  {
    files: ['src/**/*.ts', 'test/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.test.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      'no-restricted-syntax': ['error', injectRule],
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'] }],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Stand-ins for plugins are asynchronous by contract, and tap's tests by habit.
      '@typescript-eslint/require-await': 'off',
    },
  },
);
