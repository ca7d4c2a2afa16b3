import t, { type Test } from 'tap';

/** A test that needs what not every machine has. Where something is missing it is left out, and its title says why. */
export function testUnless(missing: string | null, title: string, run: (t: Test) => unknown = () => undefined): void {
  void t.test(missing === null ? title : `${title} (left out: ${missing})`, { skip: missing !== null }, run);
}
