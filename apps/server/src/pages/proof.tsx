import type { Language, PromiseId, ProductKey } from "@cloud-code/policy";
import { products, promises } from "@cloud-code/policy";
import { readFileSync, statSync } from "node:fs";
import type { JSX } from "hono/jsx/jsx-runtime";
import { z } from "zod";
import type { ServerContext } from "../environment.ts";
import { readAsset } from "./assets.ts";
import type { Tone } from "./components.tsx";
import { Banner, Chip, Moment, Page } from "./components.tsx";
import { renderPage } from "./layout.tsx";
import { say } from "./words.ts";

/** What became of a test when the suite last ran where this program was built. */
export type TestResult = "passed" | "failed" | "not-run";

/** A test that names a promise in its title. */
interface ProofTest {
  readonly title: string;
  readonly file: string;
  readonly result: TestResult;
}

/** The promises with their tests, and when these last ran. */
export interface Proof {
  readonly tests: Readonly<Record<PromiseId, readonly ProofTest[]>>;
  readonly ranAtMs: number | undefined;
}

const listShape = z.array(
  z.object({ promises: z.array(z.string()), title: z.string(), file: z.string() }),
);

// The part of vitest's JSON report that is read here.
const reportShape = z.object({
  startTime: z.number(),
  testResults: z.array(
    z.object({ assertionResults: z.array(z.object({ title: z.string(), status: z.string() })) }),
  ),
});

const words = {
  title: { en: "Every promise, and what proves it", zh: "每项承诺，以及它的证明" },
  lead: {
    en: "Each promise, what would convince a sceptic, and the tests that hold it. The page is made from the list of promises and the titles of the tests; a promise without a test fails the build.",
    zh: "每一项承诺、足以说服怀疑者的证据，以及守护它的测试。本页由承诺清单与测试标题生成；任何承诺若没有测试，构建即失败。",
  },
  none: { en: "No test names this promise", zh: "没有测试标注此承诺" },
  evidence: { en: "Evidence", zh: "证据" },
  tests: { en: "tests", zh: "个测试" },
  passed: { en: "passed", zh: "通过" },
  failed: { en: "failed", zh: "失败" },
  /** Nothing is claimed of a test that did not run. */
  "not-run": { en: "to run yourself", zh: "可自行运行" },
  ran: { en: "Results of the run of", zh: "结果来自运行：" },
  never: {
    en: "Do not take our word for it: run them.",
    zh: "无需轻信，请自行运行。",
  },
  neverMore: {
    en: "This installation carries no results of a run, so none are shown. The tests are in the sources, with this program: each promise below says the command that runs its own, and this one runs all of them and puts the results on this page:",
    zh: "本安装未附带测试运行结果，因此不予显示。测试与本程序一同位于源代码中：下方每项承诺都注明了运行其测试的命令；以下命令运行全部测试，并在本页显示结果：",
  },
  check: { en: "Check it yourself:", zh: "自行验证：" },
} as const;

/** The page "promise → tests → last result". */
export function proofPage(context: ServerContext): Response | Promise<Response> {
  const { language } = context.var;
  const text = say(words, language);
  const proof = readProof();
  return renderPage(
    context,
    { title: text.title, description: text.lead },
    <Page title={text.title} lead={text.lead}>
      <div class="stack-wide">
        {proof.ranAtMs === undefined ? (
          <Banner tone="info" title={text.never}>
            {text.neverMore} <code>CI=1 npm test</code>
          </Banner>
        ) : (
          <p class="soft">
            {text.ran} <Moment atMs={proof.ranAtMs} reader={context.var} />
          </p>
        )}
        {(["assistant", "gateway", "service"] as const).map((product) => (
          <ProductProof product={product} proof={proof} language={language} />
        ))}
      </div>
    </Page>,
  );
}

function ProductProof({
  product,
  proof,
  language,
}: {
  readonly product: ProductKey;
  readonly proof: Proof;
  readonly language: Language;
}): JSX.Element {
  const text = say(words, language);
  const ids = (Object.keys(promises) as PromiseId[]).filter(
    (id) => promises[id].product === product,
  );
  return (
    <section class="stack" id={product}>
      <h2>{products[product].title[language]}</h2>
      <div class="ledger">
        {ids.map((id) => {
          const tests = proof.tests[id];
          const { tone, word } = summary(tests);
          return (
            <article id={id} aria-labelledby={`${id}-title`}>
              <p class="id">{id}</p>
              <div class="stack">
                <h3 id={`${id}-title`}>{promises[id].text[language]}</h3>
                <p class="soft">
                  {text.evidence}
                  {language === "zh" ? "：" : ": "}
                  {promises[id].proof[language]}
                </p>
                {tests.length === 0 ? (
                  <Chip tone="bad">{text.none}</Chip>
                ) : (
                  <details>
                    <summary>
                      <Chip tone={tone}>
                        {tests.length}{" "}
                        {language === "en" && tests.length === 1 ? "test" : text.tests}
                        {" · "}
                        {text[word]}
                      </Chip>
                    </summary>
                    <p class="small">
                      {text.check} <code>{`npx vitest run -t "\\[${id}\\]"`}</code>
                    </p>
                    <ul class="plain-list small">
                      {tests.map(({ title, file, result }) => (
                        <li>
                          <span lang="en">{title}</span> <code>{file}</code>
                          {result === "failed" ? <Chip tone="bad">{text.failed}</Chip> : null}
                        </li>
                      ))}
                    </ul>
                  </details>
                )}
              </div>
            </article>
          );
        })}
      </div>
    </section>
  );
}

/** One failed test breaks a promise; a promise is kept only when every one of its tests passed. */
function summary(tests: readonly ProofTest[]): { readonly tone: Tone; readonly word: TestResult } {
  if (tests.some(({ result }) => result === "failed")) return { tone: "bad", word: "failed" };
  if (tests.every(({ result }) => result === "passed")) return { tone: "good", word: "passed" };
  return { tone: "neutral", word: "not-run" };
}

let read: Proof | undefined;

/** Reads the tests that name promises, and the results of their last run where there was one. */
export function readProof(): Proof {
  read ??= joinProof(readList(), readReport());
  return read;
}

/** Joins the list of tests with a report. Tests in a loop or a table share a title; one that failed fails them all. */
export function joinProof(
  list: z.output<typeof listShape>,
  report:
    | { readonly startTime: number; readonly results: ReadonlyMap<string, TestResult> }
    | undefined,
): Proof {
  const tests = Object.fromEntries(
    Object.keys(promises).map((id) => [
      id,
      list
        .filter((test) => test.promises.includes(id))
        .map(({ title, file }) => ({
          title,
          file,
          result: report?.results.get(title) ?? "not-run",
        })),
    ]),
  ) as unknown as Proof["tests"];
  return { tests, ranAtMs: report?.startTime };
}

function readList(): z.output<typeof listShape> {
  const asset = readAsset("tests.json");
  return asset === undefined
    ? []
    : listShape.parse(JSON.parse(new TextDecoder().decode(asset.bytes)));
}

function readReport(): Parameters<typeof joinProof>[1] {
  for (const path of ["../../../../.cache/tests.json", "../../../.cache/tests.json"]) {
    const file = new URL(path, import.meta.url);
    if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) continue;
    const report = reportShape.parse(JSON.parse(readFileSync(file, "utf8")));
    const results = new Map<string, TestResult>();
    for (const { title, status } of report.testResults.flatMap((file) => file.assertionResults)) {
      const bare = title.replace(/^(?:\[[AGC]\d+\]\s*)+/, "");
      const result = status === "passed" ? "passed" : status === "failed" ? "failed" : "not-run";
      if (results.get(bare) !== "failed") results.set(bare, result);
    }
    return { startTime: report.startTime, results };
  }
  return undefined;
}
