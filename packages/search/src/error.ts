import { toHit, toWanted } from "./description.ts";
import type { Findings, Hit } from "./hit.ts";
import { CANDIDATES, type Library } from "./library.ts";
import { rerank } from "./rank.ts";
import { shorten, unitAround } from "./snippet.ts";
import { findLiteral } from "./text.ts";
import type { Frame, Trace } from "./trace.ts";
import { toGroups } from "./words.ts";

const FILES_PER_FRAME = 3;
const FILES_PER_PIECE = 20;
const MAX_PIECES = 3;
const SCORE_OF_FRAME = 100;
const SCORE_OF_MESSAGE = 50;

/** Answers a console error: the frames that lie in the workspace, then where the message comes from, then the other frames, then what has its words. */
export async function findError(library: Library, trace: Trace): Promise<Findings> {
  const frames: Hit[] = [];
  for (const [at, frame] of trace.frames.entries()) {
    library.check();
    frames.push(...(await findFrame(library, frame, SCORE_OF_FRAME - at)));
  }
  const own = frames.filter(({ file }) => file.source === "workspace");
  const others = frames.filter(({ file }) => file.source !== "workspace");
  const thrown = await findMessage(library, trace);
  const groups = toGroups(
    `${trace.message} ${trace.exception.slice(trace.exception.lastIndexOf(".") + 1)}`,
  );
  const wanted = toWanted(groups);
  const similar =
    groups.length === 0 ? [] : rerank(await library.passages(groups), groups, "description");
  return {
    hits: [...own, ...thrown, ...others, ...similar.map((found) => toHit(found, wanted))],
    isTotalExact: similar.length < CANDIDATES,
  };
}

/** The place a frame names. Its path is from another machine or another folder: the longest end that some file has decides. */
async function findFrame(library: Library, frame: Frame, score: number): Promise<Hit[]> {
  const names = frame.path.split("/").filter((name) => name !== "" && name !== ".");
  for (let count = Math.min(names.length, 6); count > 0; count--) {
    const end = names.slice(-count).join("/");
    const lists = await Promise.all(
      library.stores.map(async (store) =>
        (await store.filesAt(end, FILES_PER_FRAME + 1)).map((file) => ({ store, file })),
      ),
    );
    const found = lists.flat();
    // A bare file name that many files have says nothing.
    if (found.length > FILES_PER_FRAME && count === 1) return [];
    if (found.length === 0) continue;
    return found.slice(0, FILES_PER_FRAME).map(({ store, file }) => ({
      store,
      file,
      score,
      why: { kind: "frame", line: frame.line },
      show: async (lines) => {
        if (frame.line > lines.length || frame.line < 1) return undefined;
        const unit = unitAround(
          lines,
          frame.line,
          await store.symbolsIn(file.content, frame.line, frame.line),
        );
        const text = (lines[frame.line - 1] ?? "").trim();
        return {
          unit: shorten(unit, frame.line),
          mark: (snippet) =>
            findLiteral(snippet, { kind: "literal", text, ignoreCase: false }).slice(0, 1),
        };
      },
    }));
  }
  return [];
}

/** Code that holds a piece of the message as it is: most likely the line that throws. */
async function findMessage(library: Library, { pieces }: Trace): Promise<Hit[]> {
  const hits: Hit[] = [];
  for (const piece of pieces.slice(0, MAX_PIECES)) {
    for (const store of library.stores) {
      library.check();
      for (const file of await store.filesWith(
        [piece.toLowerCase()],
        library.filter,
        FILES_PER_PIECE,
      )) {
        const text = await library.read({ store, file });
        const [place] =
          text === undefined
            ? []
            : findLiteral(text, { kind: "literal", text: piece, ignoreCase: true });
        if (place === undefined || text === undefined) continue;
        const line = text.slice(0, place.start).split("\n").length;
        hits.push({
          store,
          file,
          score: SCORE_OF_MESSAGE + Math.min(10, piece.length / 10),
          why: { kind: "message" },
          show: async (lines) => {
            const unit = unitAround(lines, line, await store.symbolsIn(file.content, line, line));
            return {
              unit: shorten(unit, line),
              mark: (snippet) =>
                findLiteral(snippet, { kind: "literal", text: piece, ignoreCase: true }),
            };
          },
        });
      }
    }
    if (hits.length > 0) break;
  }
  return hits.sort((a, b) => b.score - a.score);
}
