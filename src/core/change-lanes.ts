import { open, type FileHandle } from 'node:fs/promises';
import type { Change } from './change.js';
import { changeOfLine, linesOfType } from './plan-file.js';

/** Where the changes of one account stand in a plan, in their order. */
export interface ChangeLane {
  readonly account: string;
  /** Offset and length in bytes of each line, one after the other. */
  readonly places: readonly number[];
}

/** The changes of a finished plan, account by account, without holding them: a plan may have a million. */
export class ChangeLanes {
  readonly lanes: readonly ChangeLane[];
  /** Changes in all. */
  readonly count: number;
  readonly #file: FileHandle;
  readonly #path: string;

  private constructor(file: FileHandle, path: string, lanes: readonly ChangeLane[], count: number) {
    this.#file = file;
    this.#path = path;
    this.lanes = lanes;
    this.count = count;
  }

  /** Reads a plan through, so that a damaged one is refused before anything is sent. To be closed. */
  static async open(path: string): Promise<ChangeLanes> {
    const lanes = new Map<string, { readonly account: string; readonly places: number[] }>();
    let count = 0;
    for await (const { line, number, offset } of linesOfType('change', path)) {
      const { account } = changeOfLine(line, path, number);
      let lane = lanes.get(account);
      if (lane === undefined) lanes.set(account, (lane = { account, places: [] }));
      lane.places.push(offset, Buffer.byteLength(line));
      count += 1;
    }
    return new ChangeLanes(await open(path), path, [...lanes.values()], count);
  }

  /** The changes of a lane from the nth on, one by one. */
  async read(lane: ChangeLane, index: number): Promise<Change> {
    const [offset, length] = [lane.places[index * 2] ?? 0, lane.places[index * 2 + 1] ?? 0];
    const buffer = Buffer.alloc(length);
    await this.#file.read(buffer, 0, length, offset);
    return changeOfLine(buffer.toString('utf8'), this.#path, index + 1);
  }

  /** Where the nth change of a lane stands in the plan. */
  placeOf(lane: ChangeLane, index: number): number {
    return lane.places[index * 2] ?? 0;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
