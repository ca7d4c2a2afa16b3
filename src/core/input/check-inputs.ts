import { BrcSyncError } from '../errors.js';
import type { CheckResult } from '../job-source.js';
import { showFile } from './bad-input.js';
import { listInputs, openInput, STANDARD_INPUT } from './open-input.js';
import { sniff } from './sniff.js';

const FORM_NAMES = { text: 'text with a header line', json: 'JSON', ndjson: 'NDJSON' } as const;

/** Whether each file can be read, and as what; reads a first chunk of each, and nothing of standard input. */
export async function checkInputs(
  paths: string | readonly string[],
  baseDirectory: string,
  signal: AbortSignal,
): Promise<readonly CheckResult[]> {
  try {
    const files = await listInputs(paths, baseDirectory);
    return await Promise.all(files.map((file) => checkFile(file, signal)));
  } catch (error) {
    if (!(error instanceof BrcSyncError)) throw error;
    return [{ name: 'files', ok: false, message: error.message, remedy: error.remedy, code: error.code }];
  }
}

async function checkFile(path: string, signal: AbortSignal): Promise<CheckResult> {
  const [name, file] = ['files', showFile(path)];
  if (path === STANDARD_INPUT) return { name, ok: true, message: `${file} is read when the run begins`, remedy: null };
  const input = openInput(path, signal);
  const { form } = await sniff(input);
  await input.return();
  if (form === null) {
    return {
      name,
      ok: false,
      message: `${file} is empty`,
      remedy: 'Export it again, or take it out of the configuration.',
      code: 'INPUT_INVALID',
    };
  }
  return { name, ok: true, message: `${file} can be read, as ${FORM_NAMES[form]}`, remedy: null };
}
