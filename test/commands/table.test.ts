import fc from 'fast-check';
import t from 'tap';
import { renderTable } from '../../src/commands/_table.js';

const COLUMNS = [{ title: 'NAME' }, { title: 'SU', align: 'right' }, { title: 'FILE' }] as const;

void t.test('columns are told apart by space; numbers stand at the right', (t) => {
  const table = renderTable(
    COLUMNS,
    [
      ['a', '1.00', 'x'],
      ['bc', '100.00', 'y'],
    ],
    80,
  );
  t.equal(plain(table), ['NAME  SU      FILE', 'a       1.00  x', 'bc    100.00  y'].join('\n').replace('SU    ', '    SU'));
  t.end();
});

void t.test('no line is wider than the terminal, and no letter is lost', (t) => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.', '-'), minLength: 1, maxLength: 60 });
  const cell = fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => words.join(' '));
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 4 }), fc.integer({ min: 30, max: 120 }), (rows, width) => {
      const lines = plain(renderTable(COLUMNS, rows, width)).split('\n');
      t.ok(lines.every((line) => line.length <= width));
      t.equal(letters(lines.join('')), letters(rows.flat().join('')));
    }),
    { numRuns: 40 },
  );
  t.end();
});

void t.test('numbers are not broken, and words only where some letters of them fit; else each row is a block', (t) => {
  const rows = [['a_long_name_of_something', '-1,234,567.00', 'the file of it']];
  t.same(plain(renderTable(COLUMNS, rows, 38)).split('\n'), [
    'NAME                   SU  FILE',
    'a_long_nam  -1,234,567.00  the file of',
    'e_of_somet                 it',
    'hing',
  ]);
  t.same(plain(renderTable(COLUMNS, [...rows, ['b', '', 'x']], 30)).split('\n'), [
    'NAME  a_long_name_of_something',
    'SU    -1,234,567.00',
    'FILE  the file of it',
    '',
    'NAME  b',
    'FILE  x',
  ]);
  t.end();
});

/** The letters of the cells in a text, whatever their order; titles are of others. */
function letters(text: string): string {
  return Array.from(text.replace(/[A-Z\s]/g, ''))
    .sort()
    .join('');
}

function plain(text: string): string {
  return text.replace(new RegExp('\u001b\\[[0-9;]*m', 'g'), '');
}
