export interface InvalidRowDetails {
  /** Column of sacct, or JSON pointer into a job of the REST API. */
  readonly field: string;
  /** What stood there, shortened. */
  readonly value: string;
  readonly message: string;
  /** What the administrator can do, as a sentence. */
  readonly remedy: string;
}

/** An accounting row that says no job we could charge. Readers throw it; the source adds file and line and decides whether to go on. */
export class InvalidRow extends Error {
  readonly field: string;
  readonly value: string;
  readonly remedy: string;

  constructor(details: InvalidRowDetails) {
    super(details.message);
    this.name = 'InvalidRow';
    this.field = details.field;
    this.value = shorten(details.value);
    this.remedy = details.remedy;
  }
}

/** Long enough to recognise a line, short enough for a report. */
function shorten(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
