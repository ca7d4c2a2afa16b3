/** What every part of a program relies on. */
const INTRINSICS: readonly (readonly [string, object])[] = [
  ...[Object, Function, Array, String, Number, Boolean, BigInt, Symbol, Date, RegExp, Map, Set, Promise, Error].flatMap(
    (each): (readonly [string, object])[] => [
      [each.name, each],
      [`${each.name}.prototype`, each.prototype as object],
    ],
  ),
  ['JSON', JSON],
  ['Math', Math],
];

interface Member {
  readonly name: string;
  readonly holder: object;
  readonly key: string | symbol;
  readonly made: unknown;
}

/** Their functions as they were when the program started, before any plugin was loaded. */
const ORIGINAL: readonly Member[] = INTRINSICS.flatMap(([name, holder]) =>
  Reflect.ownKeys(holder)
    .map((key) => ({ name: `${name}.${String(key)}`, holder, key, made: madeOf(holder, key) }))
    .filter(({ made }) => typeof made === 'function'),
);
const ORIGINAL_OF_OBJECTS: ReadonlySet<string | symbol> = new Set(Reflect.ownKeys(Object.prototype));

function madeOf(holder: object, key: string | symbol): unknown {
  const descriptor = Reflect.getOwnPropertyDescriptor(holder, key);
  return descriptor?.get ?? descriptor?.value;
}

/**
 * What somebody changed of the language itself: functions replaced or taken away, and anything added to `Object.prototype`, which every object then
 * seems to have. New members elsewhere, as polyfills bring them, harm nobody.
 */
function changedIntrinsics(): string[] {
  const replaced = ORIGINAL.filter(({ holder, key, made }) => madeOf(holder, key) !== made).map(({ name }) => name);
  const added = Reflect.ownKeys(Object.prototype).filter((key) => !ORIGINAL_OF_OBJECTS.has(key));
  return [...replaced, ...added.map((key) => `Object.prototype.${String(key)}`)];
}

/** For a sentence that begins with a plugin; null: nothing was changed. */
export function intrinsicsFault(): string | null {
  const changed = changedIntrinsics();
  if (changed.length === 0) return null;
  const shown = changed.length > 5 ? [...changed.slice(0, 5), `${changed.length - 5} more`] : changed;
  return `changes what every part of the program relies on: ${shown.join(', ')}`;
}
