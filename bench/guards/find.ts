/**
 * Finds the guards of a source file, and makes each of them removable. Example: of
 *
 *     if (signedIn === undefined || !signedIn.secondFactor) throw forbidden();
 *
 * come two guards, `signedIn === undefined` and `!signedIn.secondFactor`; without one of them its half of the condition is `false`.
 * Nothing but the syntax decides what a guard is, so a guard that somebody adds is found without being listed anywhere.
 */
import ts from "typescript";
import { marked } from "./marked.ts";

/** What kind of code a guard is, and so what is left of the program without it. */
export type GuardKind =
  /** A condition, or one side of its `||`, that alone leads to `throw`, `return` or `continue`: never holds. */
  | "exit"
  /** A predicate in a table of guards, `guard("code", …)`: refuses nothing. */
  | "rule"
  /** `… ? refusal : answer`, or `… ? undefined : "reason"`: never the refusal. */
  | "choice"
  /** One side of the `&&` that a predicate such as `isInForce` returns: always holds. */
  | "predicate"
  /** A call that throws or does nothing, such as `assertPermit(…)`: is not made. */
  | "call"
  /** An expression that refuses although its form does not show it, listed in `marked.ts`: what stands there. */
  | "marked";

/** One guard. */
export interface Guard {
  /** Stays the same while the guard and the name of its function do: path, function, text, and a number where they are not enough. */
  readonly key: string;
  readonly path: string;
  readonly line: number;
  readonly kind: GuardKind;
  /** The condition, on one line. */
  readonly text: string;
}

/** A guard with where it stands in the text: `before` and `after` are put around it. */
interface Place {
  readonly guard: Guard;
  readonly start: number;
  readonly end: number;
  readonly before: string;
  readonly after: string;
}

/** The function that an instrumented file asks whether a guard is taken out; whoever runs the file defines it on `globalThis`. */
export const SWITCH = "__isGuardOut";

const PREDICATE = /^(is|may|can|has|covers|allows|verify)[A-Z]/;
const CALL = /^(require|assert|check|refuse|ensure)[A-Z]/;
const REFUSAL = /^(refused|denied)$/;

/** The guards of a file, in the order of its text. */
export function findGuards(path: string, text: string): readonly Guard[] {
  return findPlaces(path, text).map(({ guard }) => guard);
}

/** The text with every guard asking `SWITCH` first; only its line numbers stay what they were. */
export function instrument(path: string, text: string): string {
  const places = findPlaces(path, text);
  const edits = [
    // Of two that begin together the longer one is outside; of two that end together the one that began later is inside.
    ...places.map(({ start, end, before }) => ({ at: start, order: -end, text: before })),
    ...places.map(({ start, end, after }) => ({
      at: end,
      order: -start - text.length,
      text: after,
    })),
  ].toSorted((a, b) => a.at - b.at || a.order - b.order);
  let out = "";
  let done = 0;
  for (const edit of edits) {
    out += text.slice(done, edit.at) + edit.text;
    done = edit.at;
  }
  return out + text.slice(done);
}

function findPlaces(path: string, text: string): readonly Place[] {
  const file = ts.createSourceFile(
    path,
    text,
    ts.ScriptTarget.Latest,
    true,
    path.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
  );
  const marks = marked[path] ?? [];
  const places: Place[] = [];
  const taken = new Map<string, number>();

  const add = (
    node: ts.Node,
    kind: GuardKind,
    before: (key: string) => string,
    after: string,
    inside = nameAround(node),
  ): void => {
    const start = node.getStart(file);
    const words = node.getText(file).replaceAll(/\s+/g, " ");
    const name = `${path} ${inside}: ${words}`;
    const number = (taken.get(name) ?? 0) + 1;
    taken.set(name, number);
    const key = number === 1 ? name : `${name} (${number})`;
    const line = file.getLineAndCharacterOfPosition(start).line + 1;
    places.push({
      guard: { key, path, line, kind, text: words },
      start,
      end: node.getEnd(),
      before: before(JSON.stringify(key)),
      after,
    });
  };
  const replace = (node: ts.Node, kind: GuardKind, value: string): void =>
    add(node, kind, (key) => `(${SWITCH}(${key}) ? ${value} : (`, "))");

  const visit = (node: ts.Node): void => {
    if (ts.isIfStatement(node) && node.elseStatement === undefined && leaves(node.thenStatement))
      for (const side of sides(node.expression, ts.SyntaxKind.BarBarToken))
        replace(side, "exit", "false");
    const rule = ruleOf(node);
    if (rule !== undefined)
      add(
        rule.predicate,
        "rule",
        (key) => `((...given) => !${SWITCH}(${key}) && (`,
        ")(...given))",
        rule.code,
      );
    if (ts.isConditionalExpression(node)) {
      const other = choiceWithoutRefusal(node);
      if (other !== undefined) replace(node.condition, "choice", other);
    }
    const answer = predicateOf(node);
    if (answer !== undefined) {
      const parts = sides(answer, ts.SyntaxKind.AmpersandAmpersandToken);
      if (parts.length > 1) for (const part of parts) replace(part, "predicate", "true");
    }
    const mark = marks.find(
      ({ text: wanted }) => ts.isExpression(node) && node.getText(file) === wanted,
    );
    if (mark !== undefined) replace(node, "marked", mark.without);
    if (isCheckingCall(node)) add(node, "call", (key) => `if (!${SWITCH}(${key})) `, "");
    ts.forEachChild(node, visit);
  };
  visit(file);
  return places.toSorted((a, b) => a.start - b.start || b.end - a.end);
}

/** Whether a statement does nothing but leave: at once, or after preparing what it leaves with. */
function leaves(statement: ts.Statement): boolean {
  if (ts.isBlock(statement)) {
    const last = statement.statements.at(-1);
    return last !== undefined && leaves(last);
  }
  if (ts.isReturnStatement(statement))
    return statement.expression === undefined || !isMarkup(statement.expression);
  return ts.isThrowStatement(statement) || ts.isContinueStatement(statement);
}

/** What a person sees, and numbers, are chosen, not refused. */
function isMarkup(expression: ts.Expression): boolean {
  return (
    ts.isJsxElement(expression) ||
    ts.isJsxFragment(expression) ||
    ts.isJsxSelfClosingElement(expression) ||
    ts.isTaggedTemplateExpression(expression) ||
    ts.isTemplateExpression(expression) ||
    ts.isNumericLiteral(expression) ||
    (ts.isParenthesizedExpression(expression) && isMarkup(expression.expression))
  );
}

/** The two of `guard("code", predicate)`. */
function ruleOf(
  node: ts.Node,
): { readonly code: string; readonly predicate: ts.Expression } | undefined {
  if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return undefined;
  const [code, predicate] = node.arguments;
  if (node.expression.text !== "guard" || code === undefined || predicate === undefined)
    return undefined;
  return ts.isStringLiteral(code) ? { code: code.text, predicate } : undefined;
}

/** What the condition has to be so that the refusing side is never chosen; `undefined` if neither side refuses. */
function choiceWithoutRefusal({
  whenTrue,
  whenFalse,
}: ts.ConditionalExpression): string | undefined {
  const [first, second] = [whenTrue, whenFalse].map((side) => isRefusal(side));
  if (first === true && second !== true) return "false";
  if (second === true && first !== true) return "true";
  const [none, other] = [whenTrue, whenFalse].map(
    (side) => ts.isIdentifier(side) && side.text === "undefined",
  );
  if (none === true && isReason(whenFalse)) return "true";
  return other === true && isReason(whenTrue) ? "false" : undefined;
}

function isReason(side: ts.Expression): boolean {
  return ts.isStringLiteral(side) && /^[a-z]+(-[a-z]+)+$/.test(side.text);
}

function isRefusal(side: ts.Expression): boolean {
  if (ts.isParenthesizedExpression(side)) return isRefusal(side.expression);
  if (!ts.isObjectLiteralExpression(side)) return false;
  return side.properties.some(
    (property) =>
      ts.isPropertyAssignment(property) &&
      (REFUSAL.test(property.name.getText()) ||
        (ts.isStringLiteral(property.initializer) && REFUSAL.test(property.initializer.text))),
  );
}

/** What a predicate returns: a function that is named like one. */
function predicateOf(node: ts.Node): ts.Expression | undefined {
  if (
    ts.isReturnStatement(node) &&
    node.expression !== undefined &&
    PREDICATE.test(nameAround(node))
  )
    return node.expression;
  return undefined;
}

function isCheckingCall(node: ts.Node): boolean {
  if (!ts.isExpressionStatement(node)) return false;
  const call = ts.isAwaitExpression(node.expression) ? node.expression.expression : node.expression;
  if (!ts.isCallExpression(call)) return false;
  const name = ts.isPropertyAccessExpression(call.expression)
    ? call.expression.name
    : call.expression;
  return (
    (ts.isIdentifier(name) || ts.isPrivateIdentifier(name)) && CALL.test(name.text.replace("#", ""))
  );
}

/** The operands of a chain of one operator. */
function sides(expression: ts.Expression, operator: ts.SyntaxKind): readonly ts.Expression[] {
  const inner = ts.isParenthesizedExpression(expression) ? expression.expression : expression;
  return ts.isBinaryExpression(inner) && inner.operatorToken.kind === operator
    ? [...sides(inner.left, operator), ...sides(inner.right, operator)]
    : [expression];
}

/** The name of the nearest function around that has one. */
function nameAround(node: ts.Node): string {
  for (let at: ts.Node | undefined = node.parent; at !== undefined; at = at.parent) {
    if ((ts.isFunctionDeclaration(at) || ts.isMethodDeclaration(at)) && at.name !== undefined)
      return at.name.getText();
    if (
      (ts.isArrowFunction(at) || ts.isFunctionExpression(at)) &&
      (ts.isVariableDeclaration(at.parent) || ts.isPropertyAssignment(at.parent))
    )
      return at.parent.name.getText();
    if (ts.isConstructorDeclaration(at)) return "constructor";
  }
  return "";
}
