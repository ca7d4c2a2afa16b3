import { BrcSyncError } from './errors.js';

/** Whose plugin it is. */
interface Guest {
  readonly name: string;
  readonly plugin: string;
}

/** Explains why a plugin's constructor or factory failed; an error that is meant for people stays as it is. */
export function constructionError(guest: Guest, error: unknown): BrcSyncError {
  if (error instanceof BrcSyncError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new BrcSyncError('PLUGIN_CONTRACT', {
    message: `instance "${guest.name}": the plugin "${guest.plugin}" cannot be constructed: ${reason}`,
    remedy: injectionRemedy(reason),
    context: { instance: guest.name, plugin: guest.plugin },
    cause: error,
  });
}

/** What to do, for its author, where tsyringe's messages do not say it. */
function injectionRemedy(reason: string): string {
  const unknownClass = /TypeInfo not known for "(.*?)"/.exec(reason)?.[1];
  if (unknownClass === 'Object') return 'A constructor parameter of the plugin has no @inject(TOKEN): add it to every one.';
  if (unknownClass !== undefined) {
    return (
      `Either ${unknownClass} is not marked @injectable(), or it was marked by a second copy of tsyringe: import inject and injectable from ` +
      'brc-sync/sdk, make brc-sync a peer dependency, or define the plugin with useFactory.'
    );
  }
  if (reason.includes('unregistered dependency token'))
    return 'The plugin asks for a token that this version of brc-sync does not offer; see brc-sync/sdk for those it does.';
  return 'Report it to the author of the plugin; --debug shows where it failed.';
}

/** What a plugin made lacks methods that its contract requires. */
export function contractError(guest: Guest, missing: readonly string[]): BrcSyncError {
  return new BrcSyncError('PLUGIN_CONTRACT', {
    message: `instance "${guest.name}": what the plugin "${guest.plugin}" made lacks ${missing.map((method) => `${method}()`).join(', ')}`,
    remedy: 'The plugin must make the whole source or sink, and not a promise of it; check it with the suites of brc-sync/testkit.',
    context: { instance: guest.name, plugin: guest.plugin, missing },
  });
}
