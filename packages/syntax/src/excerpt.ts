import type { Node } from "web-tree-sitter";
import { countErrors } from "./tree.ts";

/** A node with at least this many named children is a list: the members of a class, the statements of a block. */
const LIST_LENGTH = 6;

/** Items kept at the beginning and at the end of a list: among them may be a head, as the name behind `#ifdef`. */
const EDGE_ITEMS = 2;

/** Lists within more nodes than this are not looked for; a sum of as many terms is as deep. */
const DEPTH_LIMIT = 200;

/** Nodes far from the place, of no more units than this, are not looked into for lists. */
const SHORT_UNITS = 400;

/** Items kept on each side of the place. */
const NEAR_ITEMS = 1;

/**
 * What the parser has to see of a text to judge an edit at one place: the nodes around the place, without the items
 * of long lists that are far from it.
 *
 * Example: in a class with members a … z, an edit in m is judged by `class A { a b l m n y z }`. A list stays one when
 * whole items are left out, with the separators behind them, so the excerpt is as right or wrong as the text.
 */
export interface Excerpt {
  /** The text without the items left out. */
  readonly text: string;
  /** Where the part around the place, of which nothing is left out, starts and ends in the whole text. */
  readonly start: number;
  readonly end: number;
  /** Where that part starts in the excerpt. */
  readonly offset: number;
  /** How many errors are in the items left out. */
  readonly errors: number;
}

/** The excerpt of a text around what is between `start` and `end`. */
export function createExcerpt(root: Node, text: string, start: number, end: number): Excerpt {
  const cuts: { readonly start: number; readonly end: number }[] = [];
  let errors = 0;
  const open = [{ node: root, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, depth } = next;
    const items = node.namedChildren;
    const isList = items.length >= LIST_LENGTH && !node.isError;
    const gaps = isList ? farItems(items, start, end) : [];
    for (const { from, to } of gaps) {
      const cutStart = items[from]?.startIndex ?? 0;
      const cutEnd = items[to]?.startIndex ?? 0;
      if (cutEnd > cutStart) cuts.push({ start: cutStart, end: cutEnd });
      for (const item of items.slice(from, to)) errors += countErrors(item);
    }
    if (depth === DEPTH_LIMIT) continue;
    for (const [index, item] of items.entries()) {
      if (gaps.some(({ from, to }) => index >= from && index < to)) continue;
      const hasPlace = item.startIndex <= start && item.endIndex >= end;
      // An item that is far from the place can be shortened too; one that the edit only touches stays whole.
      const isApart = item.endIndex < start || item.startIndex > end;
      const isLong = item.endIndex - item.startIndex > SHORT_UNITS;
      if (hasPlace || (isApart && isLong)) open.push({ node: item, depth: depth + 1 });
    }
  }
  cuts.sort((one, other) => one.start - other.start);
  let excerpt = "";
  let from = 0;
  let offset = 0;
  let partStart = 0;
  let partEnd = text.length;
  for (const cut of cuts) {
    excerpt += text.slice(from, cut.start);
    from = cut.end;
    if (cut.end <= start) {
      partStart = cut.end;
      offset = excerpt.length;
    } else {
      partEnd = Math.min(partEnd, cut.start);
    }
  }
  return { text: excerpt + text.slice(from), start: partStart, end: partEnd, offset, errors };
}

/** Which items of a list are far from its edges and from what is between `start` and `end`, if that is in the list. */
function farItems(
  items: readonly Node[],
  start: number,
  end: number,
): { readonly from: number; readonly to: number }[] {
  const length = items.length;
  let first = length - 1;
  while (first > 0 && (items[first]?.startIndex ?? 0) > start) first--;
  let last = first;
  while (last < length - 1 && (items[last]?.endIndex ?? 0) < end) last++;
  const isElsewhere =
    (items[0]?.startIndex ?? 0) > end || (items[length - 1]?.endIndex ?? 0) < start;
  const gaps = isElsewhere
    ? [{ from: EDGE_ITEMS, to: length - EDGE_ITEMS }]
    : [
        { from: EDGE_ITEMS, to: first - NEAR_ITEMS },
        { from: last + NEAR_ITEMS + 1, to: length - EDGE_ITEMS },
      ];
  return gaps.filter(({ from, to }) => from < to);
}
