import { Flags } from '@oclif/core';
import type { OpenSink } from '../core/container.js';
import { BrcSyncError } from '../core/errors.js';
import { findPriceLists, loadPriceLists, SLURM_PRICES, type PriceLists } from '../core/prices.js';

export const pricesFlag = Flags.string({
  description: 'Price list instead of that of plugins.json; where it has none: ./bank-config.toml, /etc/slurm/bank-config.toml.',
  helpValue: 'FILE',
});

/** The sink's site prices what is charged (core/site.ts). */
export async function pricesOf({ sink, pluginsFile }: OpenSink, flag: string | undefined): Promise<PriceLists> {
  const { timeZone } = sink.site;
  const prices = findPriceLists(sink.site.prices, process.cwd());
  if (flag === undefined && prices.length === 0) {
    throw new BrcSyncError('CONFIG_INVALID', {
      message: `${pluginsFile}: no price list for sink ${sink.name}, and no ./bank-config.toml and no ${SLURM_PRICES}.`,
      remedy: 'Add "prices": "bank-config.toml" to "site", or give --prices FILE.',
      context: { file: pluginsFile, pointer: '/site/prices', instance: sink.name },
    });
  }
  return loadPriceLists(flag ?? prices, { baseDirectory: process.cwd(), timeZone });
}
