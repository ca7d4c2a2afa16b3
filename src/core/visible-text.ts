/** Steers a terminal or the order of letters: controls, line and paragraph separators, bidirectional marks, zero-width letters, byte order mark. */
const STEERING = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/** Text of others (names of jobs, accounts, users) as it may be shown: what cannot be seen is written as `<U+202E>`. */
export function visibleText(text: string): string {
  return text.replace(STEERING, (letter) => `<U+${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`);
}
