import { readFileSync } from 'node:fs';

export const README = readFileSync('README.md', 'utf8');

/** From a heading to the next one. */
export function section(title: string): string {
  const found = README.split(/^(?=#+ )/m).find((part) => part.replace(/^#+ /, '').startsWith(`${title}\n`));
  if (found === undefined) throw new Error(`README.md has no heading "${title}"`);
  return found;
}

/** The cells of the tables in a text, without their heads. */
export function tableRows(text: string): string[][] {
  const tables = text.split(/\n(?!\|)/).filter((block) => block.includes('\n| ---') || block.startsWith('| '));
  return tables.flatMap((table) =>
    table
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .slice(2)
      .map((line) =>
        line
          .slice(1, line.lastIndexOf('|'))
          .split('|')
          .map((cell) => cell.trim()),
      ),
  );
}

/** What stands in backticks. */
export function codeSpans(text: string): string[] {
  return [...text.replaceAll(/^```[^]*?^```$/gm, '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
}

/** The fenced blocks of a language; '' for those that name none. */
export function fences(text: string, language: string): string[] {
  return [...text.matchAll(/^```(.*)\n([^]*?)^```$/gm)].filter((match) => match[1] === language).map((match) => match[2] ?? '');
}
