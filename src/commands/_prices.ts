import { Flags } from '@oclif/core';
import type { OpenSink } from '../core/container.js';
import { BrcSyncError } from '../core/errors.js';
import { loadPriceLists, type PriceLists } from '../core/prices.js';

export const pricesFlag = Flags.string({
  description: 'Price list (bank-config.toml) instead of the one of plugins.json.',
  helpValue: 'FILE',
});

/** The sink's site prices what is charged (core/site.ts). */
export async function pricesOf({ sink, pluginsFile }: OpenSink, flag: string | undefined): Promise<PriceLists> {
  const { prices, timeZone } = sink.site;
  if (flag === undefined && prices.length === 0) {
    throw new BrcSyncError('CONFIG_INVALID', {
      message: `${pluginsFile}: no price list for sink ${sink.name}.`,
      remedy: 'Add "prices": "bank-config.toml" to "site", or give --prices FILE.',
      context: { file: pluginsFile, pointer: '/site/prices', instance: sink.name },
    });
  }
  return loadPriceLists(flag ?? prices, { baseDirectory: process.cwd(), timeZone });
}
