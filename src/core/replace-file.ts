import { randomBytes } from 'node:crypto';
import { chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/**
 * Puts a whole file in the place of the one that is there: who reads meanwhile sees the old one or the new one.
 * @param mode of the file, whatever the umask
 * @throws what the file system says, with nothing left behind
 */
export function replaceFile(path: string, text: string, mode: number): void {
  const whole = resolve(path);
  const partial = join(dirname(whole), `.${basename(whole)}.${randomBytes(4).toString('hex')}.partial`);
  try {
    writeFileSync(partial, text, { flag: 'wx', mode: 0o600 });
    chmodSync(partial, mode);
    renameSync(partial, whole);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}
