import { Flags } from '@oclif/core';
import { BUILTIN } from '../../builtin-plugins.js';
import { BrcSyncError } from '../../core/errors.js';
import type { TriedInstance } from '../../core/container.js';
import type { CheckResult } from '../../core/job-source.js';
import { loadInstances } from '../../core/plugin-loader.js';
import { readPluginsFile } from '../../core/plugins-file.js';
import { BaseCommand } from '../_base.js';
import { withPlugins } from '../_open-plugins.js';
import { pluginsFilePlaces, pluginsFlag } from '../_plugins-file.js';

/** Until what is printed is out. */
const GRACE_MS = 1000;

interface CheckedInstance {
  readonly name: string;
  readonly checks: readonly CheckResult[];
}

interface Validation {
  readonly file: string;
  readonly instances: readonly string[];
  /** Only with --check. */
  readonly checked?: readonly CheckedInstance[];
}

export default class PluginsValidate extends BaseCommand {
  static override summary = 'Check plugins.json and the configuration of every instance; all problems are told at once.';
  static override description =
    'Loads every plugin that the file names. Without --check it makes none, reads no secret, and asks no source and no sink. Exit code 2 when something in the file is wrong, 6 when --check finds something wrong.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    { description: 'Before a new file takes the place of the old:', command: '<%= config.bin %> <%= command.id %> --plugins new.json' },
    { description: 'Whether sources and sinks can be reached, too:', command: '<%= config.bin %> <%= command.id %> --check' },
  ];
  static override flags = {
    plugins: pluginsFlag,
    check: Flags.boolean({ description: 'Make every instance, too, and let it look whether it can be used. Writes nothing.' }),
    deadline: Flags.integer({ description: 'How long an instance may look.', helpValue: 'SECONDS', default: 60, min: 1 }),
  };

  #isBroken = false;

  async run(): Promise<Validation> {
    const { flags } = await this.parse(PluginsValidate);
    const places = pluginsFilePlaces(flags.plugins, this.config.root);
    const file = readPluginsFile(places);
    const loaded = await loadInstances(file, BUILTIN);
    this.log(`${file.path}: ${loaded.length === 1 ? '1 instance is' : `${loaded.length} instances are`} valid.`);
    const validation = { file: file.path, instances: loaded.map((entry) => entry.name) };
    if (!flags.check) return validation;
    const opening = { places, signal: this.signal, debug: flags.debug, checkMs: flags.deadline * 1000 };
    const checked = await withPlugins(opening, ({ instances }) => Promise.all(instances.map((each) => this.#check(each))));
    for (const { name, checks } of checked) this.log([`\n${name}`, ...checks.map(describe)].join('\n'));
    // One that gave no answer may hold on to something that would keep this process.
    if (this.#isBroken) setTimeout(() => process.exit(), GRACE_MS).unref();
    refuse(checked);
    return { ...validation, checked };
  }

  async #check(tried: TriedInstance): Promise<CheckedInstance> {
    const { name } = tried.entry;
    if ('problem' in tried) return { name, checks: [failed('made', tried.problem)] };
    try {
      return { name, checks: await tried.instance.check({ signal: this.signal }) };
    } catch (error) {
      this.signal.throwIfAborted();
      if (!(error instanceof BrcSyncError)) throw error;
      this.#isBroken ||= error.code === 'PLUGIN_CONTRACT';
      return { name, checks: [failed('check', error)] };
    }
  }
}

function failed(name: string, { message, remedy }: BrcSyncError): CheckResult {
  return { name, ok: false, message, remedy };
}

function describe({ name, ok, message, remedy }: CheckResult): string {
  return `  ${ok ? 'good' : 'BAD '}  ${name}: ${message}${ok || remedy === null ? '' : `\n        ${remedy}`}`;
}

function refuse(checked: readonly CheckedInstance[]): void {
  const bad = checked.flatMap(({ name, checks }) =>
    checks.filter(({ ok, warning }) => !ok && warning !== true).map((check) => `${name}: ${check.name}: ${check.message}`),
  );
  if (bad.length === 0) return;
  throw new BrcSyncError('CHECK_FAILED', {
    message:
      bad.length === 1 ? `a check found something wrong: ${bad.join('')}` : `${bad.length} checks found something wrong: ${bad.join('; ')}`,
    remedy: 'Do what stands below each; then check again.',
    context: { checks: bad },
  });
}
