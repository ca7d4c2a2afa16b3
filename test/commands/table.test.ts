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
      t.same(
        lines.filter((line) => line.length > width && line.trim().includes(' ')),
        [],
        'only what is one word is wider',
      );
      const shown = lines.join(' ');
      t.equal(letters(shown.replaceAll(/[A-Z]/g, '')), letters(rows.flat().join('')));
      const words = rows.flat().flatMap((text) => text.split(' '));
      for (const word of words.filter(({ length }) => length <= 26)) t.ok(shown.includes(word), `${word} is whole`);
    }),
    { numRuns: 40 },
  );
  t.end();
});

void t.test('numbers and words are not broken; where that is too narrow, each row is told below its first cell', (t) => {
  const rows = [
    ['a_long_name_of_something', '-1,234,567.00', 'the file of it'],
    ['', '', '→ what to do'],
  ];
  t.same(plain(renderTable(COLUMNS, rows, 51)).split('\n'), [
    'NAME                                 SU  FILE',
    'a_long_name_of_something  -1,234,567.00  the file',
    '                                         of it',
    '                                         → what to',
    '                                         do',
  ]);
  t.same(plain(renderTable(COLUMNS, [...rows, ['b', '', 'x']], 30)).split('\n'), [
    'NAME a_long_name_of_something',
    '  SU -1,234,567.00',
    '  FILE the file of it',
    '  → what to do',
    'NAME b',
    '  FILE x',
  ]);
  t.end();
});

/** The letters of a text, whatever their order. */
function letters(text: string): string {
  return Array.from(text.replace(/\s/g, '')).sort().join('');
}

function plain(text: string): string {
  return text.replace(new RegExp('\u001b\\[[0-9;]*m', 'g'), '');
}
