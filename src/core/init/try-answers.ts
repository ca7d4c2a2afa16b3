import type { OpenAloneOptions } from '../container.js';
import { checkInstance, type InstanceChecked } from '../doctor/check-instance.js';
import { checkPrices } from '../doctor/check-prices.js';
import type { Check } from '../doctor/check.js';
import { draftOf, type PortalAnswer, type Setup, type SlurmAnswer } from './setup.js';

const DEADLINE_SECONDS = 60;

export interface TryOptions extends OpenAloneOptions {
  /** Where plugins.json will lie. */
  readonly directory: string;
}

/** Asks the portal, before anything is written, whether it takes these answers. */
export async function tryPortal(setup: Setup & { readonly portal: PortalAnswer }, options: TryOptions): Promise<readonly Check[]> {
  return (await ask(setup.deployment.sink, setup, options)).checks;
}

/** The same of Slurm; tells its partitions, too. */
export function trySlurm(
  setup: Setup & { readonly slurm: SlurmAnswer },
  options: TryOptions,
): Promise<Pick<InstanceChecked, 'checks' | 'partitions'>> {
  return ask(setup.slurm.kind, setup, options);
}

/** Whether the price list can be used, and has a price for each partition, as far as these are known. */
export async function tryPrices(
  setup: Setup & { readonly portal: PortalAnswer },
  partitions: readonly string[] | null,
  options: TryOptions,
): Promise<readonly Check[]> {
  const entry = draftOf(setup, options.directory).instances.find(({ name }) => name === setup.deployment.sink);
  return entry === undefined ? [] : checkPrices(entry.name, { site: entry.site, now: options.clock.now(), partitions });
}

function ask(name: string, setup: Setup, options: TryOptions): Promise<InstanceChecked> {
  const question = { file: draftOf(setup, options.directory), options, deadlineSeconds: DEADLINE_SECONDS };
  return checkInstance(name, question);
}
