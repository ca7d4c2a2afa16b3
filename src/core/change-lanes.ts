import { open, type FileHandle } from 'node:fs/promises';
import type { Change } from './change.js';
import { changeOfLine, linesOfType } from './plan-file.js';

/** Where the changes of one account stand in a plan, in their order. */
export interface ChangeLane {
  readonly account: string;
  /** Offset and length in bytes of each line, one after the other. */
  readonly places: readonly number[];
}

/** Bytes of the plan held for all accounts together, and for one at most: changes of one account mostly stand behind each other. */
const HELD_BYTES = 8 * 2 ** 20;
const BLOCK_BYTES = 64 * 2 ** 10;

/** A stretch of the plan. */
interface Block {
  readonly from: number;
  readonly bytes: Buffer;
}

/** The changes of a finished plan, account by account, without holding them: a plan may have a million. */
export class ChangeLanes {
  readonly lanes: readonly ChangeLane[];
  /** Changes in all. */
  readonly count: number;
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #blocks = new Map<ChangeLane, Block>();

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
    let block = this.#blocks.get(lane);
    if (block === undefined || offset < block.from || offset + length > block.from + block.bytes.length) {
      block = await this.#readBlock(offset, length);
      this.#blocks.set(lane, block);
    }
    const text = block.bytes.toString('utf8', offset - block.from, offset - block.from + length);
    return changeOfLine(text, this.#path, index + 1);
  }

  async #readBlock(from: number, atLeast: number): Promise<Block> {
    const bytes = Buffer.alloc(Math.max(atLeast, Math.min(BLOCK_BYTES, Math.floor(HELD_BYTES / this.lanes.length))));
    const { bytesRead } = await this.#file.read(bytes, 0, bytes.length, from);
    return { from, bytes: bytes.subarray(0, bytesRead) };
  }

  /** Where the nth change of a lane stands in the plan. */
  placeOf(lane: ChangeLane, index: number): number {
    return lane.places[index * 2] ?? 0;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
