import { Refusal } from './reply.js';

/** A filter that takes one of a set of names, and may be repeated. */
export interface Choice {
  readonly name: string;
  readonly known: Iterable<string>;
}

/** What each filter was given; empty means no filter. Throws the portal's 400, one message a filter. */
export function readChoices(query: URLSearchParams, choices: readonly Choice[]): Record<string, ReadonlySet<string>> {
  const problems: Record<string, string[]> = {};
  const given: Record<string, ReadonlySet<string>> = {};
  for (const { name, known } of choices) {
    const values = query.getAll(name);
    const allowed = new Set(known);
    const stranger = values.find((value) => !allowed.has(value));
    if (stranger !== undefined) problems[name] = [`Select a valid choice. ${stranger} is not one of the available choices.`];
    given[name] = new Set(values);
  }
  if (Object.keys(problems).length > 0) throw new Refusal(400, problems);
  return given;
}

/** Whether a value passes a filter. */
export function passes(given: ReadonlySet<string> | undefined, value: string): boolean {
  return given === undefined || given.size === 0 || given.has(value);
}
