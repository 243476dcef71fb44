/**
 * A piece of code without the indentation that all of its lines have, so that it can take on that of another place. Lines of blanks alone
 * have no say.
 */
export function dedent(text: string): string {
  const lines = text.split("\n");
  const indents = lines.flatMap((line) =>
    line.trim() === "" ? [] : [/^[ \t]*/.exec(line)?.[0] ?? ""],
  );
  const [first = "", ...others] = indents;
  let common = first;
  for (const indent of others) while (!indent.startsWith(common)) common = common.slice(0, -1);
  return lines
    .map((line) => (line.startsWith(common) ? line.slice(common.length) : line.trimStart()))
    .join("\n");
}
