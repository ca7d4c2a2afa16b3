// A journal that numbers intents and writes nothing.
export { chainOf } from '../dist/core/journal.js';

export class Journal {
  #sequence = 0;

  static create() {
    return Promise.resolve(new Journal());
  }

  intent() {
    return Promise.resolve(++this.#sequence);
  }

  outcome() {}

  withdraw() {}

  close() {
    return Promise.resolve();
  }
}
