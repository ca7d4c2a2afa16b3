// Module hooks of journal-switch.mjs: whoever asks for the journal gets one that writes nothing.
const JOURNAL = new URL('../dist/core/journal.js', import.meta.url).href;
const SILENT = new URL('silent-journal.mjs', import.meta.url).href;
let isOff = false;

export function initialize(data) {
  ({ isOff } = data);
}

export async function resolve(specifier, context, next) {
  const resolved = await next(specifier, context);
  return isOff && resolved.url === JOURNAL && context.parentURL !== SILENT ? { ...resolved, url: SILENT } : resolved;
}
