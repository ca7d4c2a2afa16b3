import { MultiBar, type SingleBar } from 'cli-progress';
import { shownText } from './_characters.js';
import { terminalWidth } from './_table.js';

/** The bar itself; what stands beside it takes the rest of the line. */
const BAR = { least: 5, most: 30, beside: 56 };

/** A bar on a terminal, with rate and time left. Lines for people go above it while it is drawn. */
export class ProgressBar {
  readonly #terminalOf: () => NodeJS.WriteStream | null;
  #drawn: { readonly all: MultiBar; readonly bar: SingleBar } | null = null;
  /** Also when the process is stopped hard, as by a second Ctrl-C: a terminal keeps no hidden cursor. */
  readonly #onExit = (): void => this.end();

  /** @param terminalOf where to draw, asked when that begins; null: nowhere */
  constructor(terminalOf: () => NodeJS.WriteStream | null) {
    this.#terminalOf = terminalOf;
  }

  begin(total: number): void {
    const terminal = this.#terminalOf();
    if (terminal === null) return;
    const all = new MultiBar({
      stream: terminal,
      format: 'Writing {bar} {value}/{total} changes, {rate}/s, {left} left',
      barsize: Math.min(BAR.most, Math.max(BAR.least, terminalWidth(terminal) - BAR.beside)),
      // A long line above the bar goes on in the next one; the bar itself is cut.
      linewrap: true,
      hideCursor: true,
      clearOnComplete: true,
      gracefulExit: false,
      // Also unchanged: a line above has taken its place.
      forceRedraw: true,
    });
    const unknown = shownText('…');
    this.#drawn = { all, bar: all.create(total, 0, { rate: unknown, left: unknown }) };
    process.once('exit', this.#onExit);
  }

  update(done: number, beside: { readonly rate: string; readonly left: string }): void {
    this.#drawn?.bar.update(done, beside);
  }

  /** Writes a line above the bar; false where none is drawn. */
  writeAbove(line: string): boolean {
    if (this.#drawn === null) return false;
    const { all } = this.#drawn;
    all.log(`${line}\n`);
    all.update();
    return true;
  }

  end(): void {
    // A short run is drawn at its end only.
    this.#drawn?.all.update();
    this.#drawn?.all.stop();
    this.#drawn = null;
    process.off('exit', this.#onExit);
  }
}
