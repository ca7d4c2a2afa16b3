/** What Python calls the type of a JSON value. */
export function pythonType(value: unknown): string {
  if (value === null) return 'NoneType';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return 'dict';
}

/** Python's str() of a JSON value. */
export function pythonStr(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return JSON.stringify(value);
}

/** Python's repr() of a text. */
export function quoted(text: string): string {
  return text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text.replaceAll("'", "\\'")}'`;
}

/** Python's float(text); null where it raises. */
export function pythonFloat(text: string): number | null {
  const trimmed = text.trim().toLowerCase();
  if (/^[+-]?(?=\d|\.\d)(\d(_?\d)*)?(\.(\d(_?\d)*)?)?(e[+-]?\d+)?$/u.test(trimmed)) return Number(trimmed.replaceAll('_', ''));
  const special = /^([+-]?)(nan|inf(?:inity)?)$/u.exec(trimmed);
  if (special === null) return null;
  if (special[2] === 'nan') return NaN;
  return special[1] === '-' ? -Infinity : Infinity;
}
