/** Reading for a purpose has no back door: what reads a table of another capability past `readFor` is in this list, or the test fails. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const sources = fileURLToPath(new URL("../", import.meta.url));

/** Who reads past the purposes, and why it has to. A store reads the tables of its own folder, so these are all the others. */
const doors: Readonly<Record<string, string>> = {
  "database/reading.ts": "the door itself: a purpose's own views",
  "requests/erasure.ts": "erases a person wherever they are, whatever it was kept for",
  "requests/redaction.ts": "asks what holds keep, before it touches what somebody wrote",
  "requests/rows.ts": "finds the rows of a person in every table, to count, copy or erase them",
  "requests/handling.ts": "finds whose request it is by the address it came from",
  "requests/tombstones.ts":
    "compares the accounts of a restored backup with those that were erased",
  "retention/retention.ts": "ends periods: asks whose data is held or restricted",
  "incidents/store.ts": "tells everybody an incident reached",
  "transfers/gate.ts": "asks where the reader of a letter is before it may cross a border",
};

/** What asks the database in words of its own, and why. */
const words: Readonly<Record<string, string>> = {
  "database/migrate.ts": "makes the roles and views of purposes",
  "database/database.ts":
    "asks whether the server answers, and hands on what it is asked, prepared",
  "database/words.ts":
    "asks the catalogue for what a row says, to search for what is left of a person",
  "database/durability.ts": "counts a commit's fsyncs",
  "jobs/jobs.ts": "the queue's own tables, which hold keys and numbers",
  "jobs/upkeep.ts": "CHECKPOINT and VACUUM",
  "api/routes.ts": "asks whether the database answers",
  "pages/routes.tsx": "asks whether the database answers",
  "audit/trail.ts": "takes a lock",
  "audit/gaps.ts": "takes expired rows off a chain, and notes where it goes on",
  "consent/ledger.ts": "takes a lock",
  "requests/rows.ts": "rows of a person in every table",
  "requests/copy.ts": "a person's copy: everything that is theirs",
  "requests/erasure.ts": "counts and erases everything that is theirs",
  "requests/redaction.ts": "takes the name of who was erased out of what others wrote",
  "requests/search.ts": "looks for what is left of a person",
  "retention/retention.ts": "one statement for each period",
  "incidents/store.ts": "finds whom an incident reached",
  "console/registers.tsx": "counts rows for the registers",
};

function* files(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else if (/\.tsx?$/.test(entry.name) && !/\.(test|worker)\.tsx?$|\/testing\//.test(path))
      yield path;
  }
}

/** The tables a source reads that are not of its own folder. */
function foreignReads(path: string, text: string): readonly string[] {
  const folderOf = new Map(
    [...text.matchAll(/import (?:type )?\{([^}]*)\} from "([^"]*tables\.ts)"/g)].flatMap(
      ([, names = "", from = ""]) =>
        names
          .split(",")
          .map(
            (name) =>
              [name.trim().replace(/^type /, ""), dirname(join(dirname(path), from))] as const,
          ),
    ),
  );
  return [...text.matchAll(/(?:\.from|Join)\(\s*(\w+)/g)].flatMap(([, name = ""]) => {
    const folder = folderOf.get(name);
    // What is no imported table is a parameter: some table, which is any table.
    const own =
      folder === undefined
        ? !/^[a-z]\w*$/.test(name) || isGlobal(name)
        : `${dirname(path)}/`.startsWith(`${folder}/`);
    return own ? [] : [name];
  });
}

function isGlobal(name: string): boolean {
  return !["source", "table"].includes(name);
}

test("[C4] nothing reads the data of another capability but for a purpose", () => {
  const found = [...files(sources)].filter(
    (path) => foreignReads(path, readFileSync(path, "utf8")).length > 0,
  );
  expect(found.map((path) => relative(sources, path)).toSorted()).toEqual(
    Object.keys(doors).toSorted(),
  );
});

test("[C4] nothing asks the database in words of its own that is not known to", () => {
  const found = [...files(sources)].filter((path) =>
    // With an object, `execute` runs a statement that the query builder made and prepared.
    /(?<!req)\.(?:execute(?:<[^()]*>)?\((?!\{)|query(?:<[^()]*>)?\()/.test(
      readFileSync(path, "utf8"),
    ),
  );
  expect(found.map((path) => relative(sources, path)).toSorted()).toEqual(
    Object.keys(words).toSorted(),
  );
});
