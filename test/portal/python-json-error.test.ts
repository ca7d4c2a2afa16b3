import t from 'tap';
import { pythonJsonError } from './python-json-error.js';

// What Python 3.11's json says of each.
const CASES: readonly [string, string][] = [
  ['', 'Expecting value: line 1 column 1 (char 0)'],
  ['nul', 'Expecting value: line 1 column 1 (char 0)'],
  ['-', 'Expecting value: line 1 column 1 (char 0)'],
  ['{"a":', 'Expecting value: line 1 column 6 (char 5)'],
  ['[1,]', 'Expecting value: line 1 column 4 (char 3)'],
  ['{"a":1\n,\n"b":}', 'Expecting value: line 3 column 5 (char 13)'],
  ['{', 'Expecting property name enclosed in double quotes: line 1 column 2 (char 1)'],
  ['{"a":1,}', 'Expecting property name enclosed in double quotes: line 1 column 8 (char 7)'],
  ['{"a" 1}', "Expecting ':' delimiter: line 1 column 6 (char 5)"],
  ['[1 2]', "Expecting ',' delimiter: line 1 column 4 (char 3)"],
  ['{"a": 1.}', "Expecting ',' delimiter: line 1 column 8 (char 7)"],
  ['"abc', 'Unterminated string starting at: line 1 column 1 (char 0)'],
  ['"\\', 'Unterminated string starting at: line 1 column 1 (char 0)'],
  ['{"a":"x\ny"}', 'Invalid control character at: line 1 column 8 (char 7)'],
  ['{"a":"\\q"}', 'Invalid \\escape: line 1 column 7 (char 6)'],
  ['{"a":"\\u12"}', 'Invalid \\uXXXX escape: line 1 column 8 (char 7)'],
  ['{"a":1}}', 'Extra data: line 1 column 8 (char 7)'],
  ['01', 'Extra data: line 1 column 2 (char 1)'],
];

for (const [text, message] of CASES) {
  void t.test(`what is wrong with ${JSON.stringify(text)}`, (t) => {
    t.equal(pythonJsonError(text), message);
    t.end();
  });
}
