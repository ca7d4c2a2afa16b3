import { groupDigits } from '../headline.js';
import { markup, type Markup } from './markup.js';

/** A column of a table that needs no script. */
export interface StaticColumn {
  readonly title: string;
  readonly isNumber?: true;
}
export type Cell = Markup | string | number;

/** In a box that scrolls sideways, and can be reached by keyboard for that. */
export function table(caption: string, columns: readonly StaticColumn[], rows: readonly (readonly Cell[])[]): Markup {
  const cell = (value: Cell, index: number): Markup => {
    const isNumber = columns[index]?.isNumber === true;
    const shown = isNumber && !(typeof value === 'object') ? groupDigits(value) : value;
    return index === 0
      ? markup`<th scope="row">${shown}</th>`
      : isNumber
        ? markup`<td class="number">${shown}</td>`
        : markup`<td>${shown}</td>`;
  };
  return markup`<div class="scroll" role="group" aria-label="${caption}" tabindex="0">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map(({ title, isNumber }) => (isNumber ? markup`<th scope="col" class="number">${title}</th>` : markup`<th scope="col">${title}</th>`))}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            markup`<tr>
              ${row.map(cell)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Of a chart's colours, which a screen reader does not see. */
export function legend(entries: readonly (readonly [string, string])[]): Markup {
  return markup`<ul class="legend" aria-hidden="true">
    ${entries.map(([colour, text]) => markup`<li><span class="swatch ${colour}"></span>${text}</li>`)}
  </ul>`;
}
