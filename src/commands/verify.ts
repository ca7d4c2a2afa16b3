import { Flags, ux } from '@oclif/core';
import { BUILTIN } from '../builtin-plugins.js';
import { openSink } from '../core/container.js';
import { createLogger } from '../core/log.js';
import { findPriceLists, loadPriceLists } from '../core/prices.js';
import { findStateDirectory } from '../core/state-directory.js';
import { exitCodeOfVerification, verifyUsage } from '../core/verify.js';
import { verificationJson, type VerificationJson } from '../core/verify/verification-json.js';
import { BaseCommand } from './_base.js';
import { pluginsFilePlaces } from './_plugins-file.js';
import { planFlags } from './_run-command.js';
import { renderVerification } from './_verify-report.js';
import { sinkFlags } from './_writing-command.js';

export default class Verify extends BaseCommand {
  static override summary = 'Compare the usage of accounts and users with the sum of their records.';
  static override description =
    'Adds up the records that the portal would have charged, and shows where usage says something else, with the records that could explain it: estimates of jobs that ended after the allocation, charges before the allowance was set anew on its first day, edits since brc-sync wrote, and usage that stopped at 0.00. Repairs nothing. Exit code: 0 when everything agrees or can be explained, 7 when a difference cannot, 3 when an account could not be compared, 6 when the sink is unreachable, 2 when it does not know usage.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --sink coldfront',
    {
      description: 'Two accounts, for a program:',
      command: '<%= config.bin %> <%= command.id %> --sink coldfront --account fc_alpha --account co_beta --json',
    },
  ];
  static override flags = {
    sink: Flags.string({ description: 'Instance of plugins.json whose usage is verified.', helpValue: 'NAME', required: true }),
    account: planFlags.account,
    ...sinkFlags,
  };

  async run(): Promise<VerificationJson> {
    const { flags } = await this.parse(Verify);
    const clock = { now: (): number => Math.floor(Date.now() / 1000) };
    const logger = createLogger({ stderr: (line) => ux.stderr(line), debug: flags.debug });
    const opened = await openSink({
      places: pluginsFilePlaces(flags.plugins, this.config.root),
      builtins: BUILTIN,
      sink: flags.sink,
      readOnly: true,
      target: { url: flags.target ?? null, tokenFile: flags['token-file'] ?? null },
      replacing: { command: null, workingDirectory: process.cwd() },
      logger,
      clock,
      signal: this.signal,
      env: process.env,
      output: (line) => ux.stderr(line),
      onDeprecated: (sentence) => this.logToStderr(sentence),
    });
    try {
      const { timeZone } = opened.sink.site;
      const prices = findPriceLists(opened.sink.site.prices, process.cwd());
      const verification = await verifyUsage({
        sink: opened.sink,
        accounts: flags.account ?? [],
        stateDirectory: findStateDirectory(flags['state-dir'], process.env),
        prices: prices.length === 0 ? null : await loadPriceLists(prices, { baseDirectory: process.cwd(), timeZone }),
        now: clock.now(),
        signal: this.signal,
      });
      const printed = verificationJson(verification);
      this.log(renderVerification(printed));
      process.exitCode = exitCodeOfVerification(verification);
      return printed;
    } finally {
      await opened.close();
      logger.close();
    }
  }
}
