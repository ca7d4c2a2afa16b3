import { Invalid, NOT_NULL, REQUIRED, invalid, text } from './field.js';
import type { Reader } from './field.js';
import { pythonType } from './python-text.js';

const name = text({ longest: 30, blank: false });

/** `[{"name": …}]`: the names, or for each element what is wrong with it. */
export const nodeList: Reader<readonly string[]> = (value) => {
  if (value === null) throw invalid(NOT_NULL);
  if (!Array.isArray(value)) throw new Invalid({ non_field_errors: [`Expected a list of items but got type "${pythonType(value)}".`] });
  const names: string[] = [];
  const problems = value.map((element: unknown) => {
    try {
      names.push(nodeName(element));
      return {};
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      return error.messages;
    }
  });
  if (names.length < value.length) throw new Invalid(problems);
  return names;
};

function nodeName(element: unknown): string {
  if (typeof element !== 'object' || element === null || Array.isArray(element)) {
    throw new Invalid({ non_field_errors: [`Invalid data. Expected a dictionary, but got ${pythonType(element)}.`] });
  }
  if (!('name' in element)) throw new Invalid({ name: [REQUIRED] });
  try {
    return name(element.name);
  } catch (error) {
    if (error instanceof Invalid) throw new Invalid({ name: error.messages });
    throw error;
  }
}
