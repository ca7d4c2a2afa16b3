/** Something that a plugin must do: `run` throws when it does not. A capability that the plugin lacks is said in the title. */
export interface ConformanceCase {
  readonly title: string;
  readonly run: () => Promise<void>;
}

/** What a suite needs of a test runner. tap's `t` has it, `t` and `test` of `node:test` too; for any other, call the cases yourself. */
export interface TestRunner {
  test(title: string, run: () => Promise<void>): unknown;
}

/** Hands cases to a runner, in order: those that write come last, and find what those before them left. */
export async function runCases(runner: TestRunner, cases: readonly ConformanceCase[]): Promise<void> {
  for (const { title, run } of cases) await runner.test(title, run);
}
