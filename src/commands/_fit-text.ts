import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { shownText } from './_characters.js';

/** In front of a list's item, of advice, of a note: what follows goes on further in. */
const MARK = /^(?:→ |-> |- |(?=Note: ))/;
const HANG = 2;
/** Colour may stand in front of it. */
const INDENT = new RegExp('^((?:\\u001b\\[[0-9;]*m)*) +');
/** What somebody copies stays on one line, whatever its length. */
const TO_COPY = /^(?:(?:→|->|\$|Next:) )?(?:brc-sync |"prices": )/;

/** Text at most `width` columns wide: long lines are broken between words. A word that is longer stays whole. */
export function fitText(text: string, width: number): string {
  const shown = shownText(text);
  return width === Infinity
    ? shown
    : shown
        .split('\n')
        .flatMap((line) => fitLine(line, width))
        .join('\n');
}

function fitLine(line: string, width: number): string[] {
  const bare = stripVTControlCharacters(line);
  if (stringWidth(bare) <= width || TO_COPY.test(bare.trimStart())) return [line];
  const indent = bare.length - bare.trimStart().length;
  const body = bare.trimStart();
  const hang = ' '.repeat(indent + (MARK.test(body) ? HANG : 0));
  const [first = '', ...more] = wrapAnsi(line.replace(INDENT, '$1'), Math.max(20, width - hang.length), { trim: true }).split('\n');
  return [' '.repeat(indent) + first, ...more.map((each) => hang + each)];
}
