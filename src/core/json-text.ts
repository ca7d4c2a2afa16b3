import jsonc from 'jsonc-parser';
import type { LineOf } from './config-problem.js';

/** A mistake in JSON text; it never quotes the text, which may hold a secret. */
export interface JsonMistake {
  /** Line and column, counted from 1. */
  readonly line: number;
  readonly column: number;
  readonly what: string;
}

export type JsonText =
  | { readonly mistake: JsonMistake }
  | { readonly mistake: null; readonly value: unknown; readonly lineOf: LineOf; readonly doubledKeys: readonly string[] };

/** Parses strict JSON, with what `JSON.parse` cannot tell: where a mistake is, on which line a value stands, which keys stand twice. */
export function parseJsonText(text: string): JsonText {
  const errors: jsonc.ParseError[] = [];
  const root = jsonc.parseTree(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false });
  const [first] = errors;
  if (first !== undefined) return { mistake: { ...positionAt(text, first.offset), what: sentenceOf(first.error) } };
  if (root === undefined) return { mistake: { line: 1, column: 1, what: 'the file is empty' } };
  return {
    mistake: null,
    value: jsonc.getNodeValue(root),
    lineOf: (pointer) => positionAt(text, nodeAt(root, segmentsOf(pointer)).offset).line,
    doubledKeys: doubledKeysOf(root, ''),
  };
}

function positionAt(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** `CommaExpected` → `comma expected`. */
function sentenceOf(code: jsonc.ParseErrorCode): string {
  return jsonc
    .printParseErrorCode(code)
    .replace(/(?!^)([A-Z])/g, ' $1')
    .toLowerCase();
}

function segmentsOf(pointer: string): string[] {
  const parts = pointer.split('/').slice(1);
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The node a pointer names, or the innermost one on the way to it. */
function nodeAt(root: jsonc.Node, segments: readonly string[]): jsonc.Node {
  const [first, ...rest] = segments;
  if (first === undefined) return root;
  const child = jsonc.findNodeAtLocation(root, [root.type === 'array' ? Number(first) : first]);
  return child === undefined ? root : nodeAt(child, rest);
}

function doubledKeysOf(node: jsonc.Node, pointer: string): string[] {
  const children = node.children ?? [];
  if (node.type === 'array') return children.flatMap((child, index) => doubledKeysOf(child, `${pointer}/${index}`));
  const keys = children.map((property) => String(property.children?.[0]?.value));
  const doubled = keys.filter((key, index) => keys.indexOf(key) !== index).map((key) => `${pointer}/${key}`);
  const inner = children.flatMap((property, index) => {
    const value = property.children?.[1];
    return value === undefined ? [] : doubledKeysOf(value, `${pointer}/${keys[index] ?? ''}`);
  });
  return [...doubled, ...inner];
}
