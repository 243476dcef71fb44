/** From a cursor to a ranked list: context, search, blanks, brackets, parser's veto, order. */
import { AnalogyModel } from "./analogy.ts";
import { isKeyword, TokenKind } from "@cloud-code/syntax";
import { searchLine, DEFAULT_BEAM, type BeamOptions, type Path } from "./beam.ts";
import { DocumentModel } from "./document.ts";
import { DEFAULT_MIXTURE, Predictor, type MixtureOptions } from "./predictor.ts";
import type { Project } from "./project.ts";
import { readStream } from "./stream.ts";
import type { CompletionRequest, CompletionResult, CountErrors, Suggestion } from "./suggestion.ts";
import { normalizeBlanks, renderTokens } from "./text.ts";
import { Mark, Overlay } from "./vocabulary.ts";

export interface Tuning {
  mixture: MixtureOptions;
  beam: BeamOptions;
}

export function complete(
  project: Project,
  request: CompletionRequest,
  countErrors: CountErrors,
  tuning: Tuning = { mixture: DEFAULT_MIXTURE, beam: DEFAULT_BEAM },
): CompletionResult {
  const { text, offset } = request;
  const limit = request.limit ?? 5;
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  const nextBreak = text.indexOf("\n", offset);
  const lineEnd = nextBreak < 0 ? text.length : nextBreak;
  const before = text.slice(0, offset);
  const after = text.slice(lineEnd);
  const overlay = new Overlay(project.vocabulary);
  const idOf = (word: string): number => overlay.idOf(word);
  const isBlankLine = text.slice(lineStart, offset).trim() === "";
  const above = readStream(isBlankLine ? `${before}_` : before, request.language, idOf);
  const below = readStream(after, request.language, idOf);
  let aboveLength = isBlankLine ? above.length - 1 : above.length;
  // half-typed word
  let typed = "";
  if (!isBlankLine && aboveLength > 0 && above.ends[aboveLength - 1] === offset) {
    const word = text.slice(above.starts[aboveLength - 1], offset);
    if (/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(word)) {
      typed = word;
      aboveLength -= 1;
    }
  }
  const tokens = new Int32Array(aboveLength + 1 + below.length);
  const spaced = new Uint8Array(tokens.length);
  tokens.set(above.ids.subarray(0, aboveLength));
  spaced.set(above.spaced.subarray(0, aboveLength));
  tokens[aboveLength] = Mark.hole;
  tokens.set(below.ids.subarray(0, below.length), aboveLength + 1);
  spaced.set(below.spaced.subarray(0, below.length), aboveLength + 1);
  const document = new DocumentModel(tokens, spaced, aboveLength);
  const keywordOrNot = new Map<number, boolean>();
  const isName = (token: number): boolean => {
    let known = keywordOrNot.get(token);
    if (known === undefined) {
      const w = overlay.wordOf(token);
      known = /^[\p{L}_$]/u.test(w) && !isKeyword(w, request.language);
      keywordOrNot.set(token, known);
    }
    return known;
  };
  const rename = (here: number, there: number, next: number): number | undefined => {
    const h = overlay.wordOf(here),
      t = overlay.wordOf(there),
      n = overlay.wordOf(next);
    if (t.length < 3 || h.length < 2) return undefined;
    const cap = (x: string): string => x.charAt(0).toUpperCase() + x.slice(1),
      low = (x: string): string => x.charAt(0).toLowerCase() + x.slice(1);
    let out: string | undefined;
    if (n.includes(cap(t))) out = n.replace(cap(t), cap(h));
    else if (n.includes(low(t))) out = n.replace(low(t), low(h));
    else {
      // common prefix of t and h: getFoo/getBar -> foo/bar
      let i = 0;
      while (i < t.length && i < h.length && t[i] === h[i]) i++;
      const tt = t.slice(i),
        hh = h.slice(i);
      if (tt.length >= 3 && hh.length >= 2) {
        if (n.includes(cap(tt))) out = n.replace(cap(tt), cap(hh));
        else if (n.includes(low(tt))) out = n.replace(low(tt), low(hh));
      }
    }
    return out === undefined ? undefined : overlay.find(out);
  };
  const analogies = new AnalogyModel(tokens, aboveLength, isName, rename);
  const predictor = new Predictor(
    document,
    analogies,
    project.attached,
    overlay.size,
    tuning.mixture,
  );
  const context = tokens.subarray(0, aboveLength);
  let starts: Path[] = [{ tokens: [], spaced: [], logProbability: 0, documentShare: 0 }];
  if (typed !== "") {
    const ctx = new Int32Array(aboveLength);
    ctx.set(context);
    const all = predictor.next(
      ctx.subarray(Math.max(0, aboveLength - 32)),
      Math.min(32, aboveLength),
      100000,
    );
    const fits = all.filter((p) => p.token >= 8 && overlay.wordOf(p.token).startsWith(typed));
    const self = overlay.find(typed);
    const selfId = overlay.idOf(typed);
    let selfP = fits.find((p) => p.token === selfId)?.probability ?? 0;
    const known =
      project.vocabulary.find(typed) !== undefined ||
      (self !== undefined && countOf(tokens, self) > 0);
    selfP += known ? 0.02 : 0.001;
    const ext = fits.filter((p) => p.token !== selfId).slice(0, 6);
    const sum = selfP + fits.reduce((s, p) => (p.token === selfId ? s : s + p.probability), 0);
    starts = [
      {
        tokens: [selfId],
        spaced: [false],
        logProbability: Math.log(selfP / sum),
        documentShare: 0,
      },
      ...ext.map((p) => ({
        tokens: [p.token],
        spaced: [false],
        logProbability: Math.log(p.probability / sum),
        documentShare: p.documentShare,
      })),
    ].sort((a, b) => b.logProbability - a.logProbability);
  }
  const paths = searchLine(
    context,
    starts,
    (c, n, most) => predictor.next(c, n, most),
    tuning.beam,
  );
  const candidates: Suggestion[] = [];
  const seen = new Set<string>();
  const base = countErrors(offset, offset, "");
  for (const path of paths) {
    const words = path.tokens.map((t) => overlay.wordOf(t));
    let textOut: string;
    if (typed !== "") {
      const rest = renderTokens(words[0] as string, words.slice(1), path.spaced.slice(1));
      textOut = (words[0] as string).slice(typed.length) + rest;
    } else textOut = renderTokens(before, words, path.spaced);
    const key = normalizeBlanks(textOut);
    if (key === "" || seen.has(key)) continue;
    seen.add(key);
    if (base !== undefined) {
      const errors = countErrors(offset, lineEnd, textOut);
      if (errors !== undefined && errors > base) continue;
    }
    candidates.push({
      text: textOut,
      rank: candidates.length + 1,
      probability: Math.exp(path.logProbability),
      source: path.documentShare > 0.5 ? "file" : "project",
      replace: { start: offset, end: lineEnd },
    });
    if (candidates.length === limit) break;
  }
  return candidates.length > 0 ? { candidates } : { candidates, why: "no-evidence" };
}

function countOf(tokens: Int32Array, id: number): number {
  let n = 0;
  for (const t of tokens) if (t === id) n += 1;
  return n;
}
void TokenKind;
