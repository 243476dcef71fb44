import type { Figure } from "../figures.ts";
import { counters, figures } from "../figures.ts";
import { inventory } from "../inventory/index.ts";
import type { Item, RefusedItem, UsedItem } from "../inventory/item.ts";
import { measures } from "../measures.ts";
import type { Processor } from "../operator.ts";
import type { ProductKey } from "../product.ts";
import type { Purpose } from "../purpose.ts";
import { purposes } from "../purpose.ts";
import { recipients } from "../recipient.ts";
import type { Basis } from "../regimes.ts";
import { basisTitles, regimes } from "../regimes.ts";
import { describeRetention } from "../retention.ts";
import { storageKeys } from "../storage.ts";
import type { Text } from "../text.ts";
import type { BlockDraft } from "./draft.ts";
import { join, list } from "./draft.ts";

const semicolon: Text = { en: "; ", zh: "；" };
const nobody: Text = { en: "Nobody", zh: "无" };

/** A table of items in use: what, for what, where from, how long, and who receives it. Statistics have a table of their own. */
export function itemsTable(product: ProductKey, state: UsedItem["state"]): BlockDraft {
  const rows = itemsOf(product).filter(
    (item): item is UsedItem => item.state === state && !item.purposes.includes("usage-statistics"),
  );
  return {
    kind: "table",
    columns: [
      { en: "Data", zh: "数据" },
      { en: "Used for", zh: "用途" },
      { en: "Where it comes from", zh: "来源" },
      { en: "Kept", zh: "保存期限" },
      { en: "Given to", zh: "提供给" },
    ],
    rows: rows.map((item) => [
      titleWithDetail(item),
      join(
        item.purposes.map((key) => purposes[key].title),
        semicolon,
      ),
      source(item),
      describeRetention(item.retention),
      item.recipients.length === 0
        ? nobody
        : join(
            item.recipients.map((key) => recipients[key].title),
            semicolon,
          ),
    ]),
  };
}

/** Everything the website keeps in a browser, by its name there, and for how long. */
export function storageTable(): BlockDraft {
  return {
    kind: "table",
    columns: [
      { en: "Name", zh: "名称" },
      { en: "What it does", zh: "作用" },
      { en: "Needed?", zh: "是否必要" },
      { en: "Kept", zh: "保存期限" },
    ],
    rows: Object.entries(storageKeys).map(([name, key]) => [
      { en: name, zh: name },
      titleWithDetail(inventory[key.item]),
      key.necessary
        ? { en: "Necessary", zh: "必要" }
        : { en: "Optional: only after your consent", zh: "可选：仅在您同意后" },
      describeLifetime(key.lifetimeSeconds),
    ]),
  };
}

function describeLifetime(seconds: number | undefined): Text {
  if (seconds === undefined) return { en: "Until the browser is closed", zh: "至浏览器关闭为止" };
  const days = Math.round(seconds / 86_400);
  return { en: `${days} days`, zh: `${days} 天` };
}

/** The companies that handle data for the operator. */
export function processorsTable(processors: readonly Processor[]): BlockDraft {
  return {
    kind: "table",
    columns: [
      { en: "Company", zh: "公司" },
      { en: "What for", zh: "事项" },
      { en: "Where", zh: "地点" },
    ],
    rows: processors.map(({ name, task, place }) => [{ en: name, zh: name }, task, place]),
  };
}

/** A table of the items a product refuses, with the reason. */
export function refusedTable(product: ProductKey): BlockDraft {
  const rows = itemsOf(product).filter((item): item is RefusedItem => item.state === "refused");
  return {
    kind: "table",
    columns: [
      { en: "Data", zh: "数据" },
      { en: "Why we do not want it", zh: "不收集的原因" },
    ],
    rows: rows.map((item) => [item.title, item.because]),
  };
}

/** The eight figures with the counters that carry them. */
export function figuresTable(): BlockDraft {
  return {
    kind: "table",
    columns: [
      { en: "No.", zh: "序号" },
      { en: "Figure", zh: "数据" },
      { en: "Counted as", zh: "计数方式" },
    ],
    rows: Object.values(figures).map(({ title, value }, index) => {
      const number = String(index + 1);
      return [{ en: number, zh: number }, title, computation(value)];
    }),
  };
}

function computation(value: Figure["value"]): Text {
  if (value.kind === "counts") {
    const parts = value.of.map((key) => titleWithDetail(inventory[counters[key].item]));
    return join(parts, { en: " ", zh: "" });
  }
  const sum = inventory[counters[value.sum].item];
  const by = inventory[counters[value.by].item];
  const quotient = join([sum.title, by.title], { en: " ÷ ", zh: " ÷ " });
  return titleWithDetail({ ...sum, title: quotient });
}

/** What a weekly report carries besides the figures. */
export function envelopeList(): BlockDraft {
  return list(
    Object.entries(inventory)
      .filter(([key]) => key.startsWith("assistant.report."))
      .map(([, item]) => titleWithDetail(item)),
  );
}

/** The purposes of a product: what is done, and on which ground in which region. */
export function purposesTable(product: ProductKey): BlockDraft {
  const used = Object.entries(purposes).filter(([key]) =>
    itemsOf(product).some(
      (item) => item.state !== "refused" && item.purposes.some((purpose) => purpose === key),
    ),
  );
  return {
    kind: "table",
    columns: [
      { en: "Purpose", zh: "目的" },
      { en: "What we do", zh: "具体内容" },
      { en: "Lawful basis", zh: "合法性基础" },
    ],
    rows: used.map(([, purpose]) => [
      purpose.title,
      sentence(purpose.description),
      grounds(purpose),
    ]),
  };
}

/** The circumstances in which a product gives data to somebody. */
export function disclosuresList(product: ProductKey): BlockDraft {
  const receivers = Object.entries(recipients).filter(([key]) =>
    itemsOf(product).some(
      (item) => item.state !== "refused" && item.recipients.some((recipient) => recipient === key),
    ),
  );
  return list(
    receivers.map(([, { title, when }]) => ({
      en: `${title.en}. ${when.en}`,
      zh: `${title.zh}：${when.zh}`,
    })),
  );
}

/** What survives an erasure, and why. */
export function keptList(product: ProductKey): BlockDraft {
  const kept = itemsOf(product).flatMap((item) =>
    item.state !== "refused" && item.erasure.kind === "keep"
      ? [
          {
            en: `${item.title.en}. ${item.erasure.because.en}`,
            zh: `${item.title.zh}：${item.erasure.because.zh}`,
          },
        ]
      : [],
  );
  return list(kept);
}

/** The protective measures of a product. */
export function measuresList(product: ProductKey): BlockDraft {
  return list(
    measures.filter((measure) => measure.products.includes(product)).map(({ text }) => text),
  );
}

function itemsOf(product: ProductKey): readonly Item[] {
  return Object.values(inventory).filter((item) => item.product === product);
}

function titleWithDetail(item: Item): Text {
  if (item.detail === undefined) return item.title;
  return {
    en: `${item.title.en}. ${item.detail.en}`,
    zh: `${item.title.zh}：${item.detail.zh}`,
  };
}

function source(item: UsedItem): Text {
  switch (item.origin) {
    case "workspace":
      return { en: "Your workspace", zh: "您的工作区" };
    case "observed":
      return { en: "Arises while you use the product", zh: "使用产品时产生" };
    case "received":
      return { en: "A request or its answer", zh: "请求或其应答" };
    case "provided":
      return item.optional
        ? {
            en: `You, if you wish. Without it: ${item.without.en}`,
            zh: `您自愿提供。不提供时：${item.without.zh}`,
          }
        : {
            en: `You. Without it: ${item.without.en}`,
            zh: `由您提供（必填）。不提供时：${item.without.zh}`,
          };
  }
}

function sentence(text: Text): Text {
  return { en: `${text.en.charAt(0).toUpperCase()}${text.en.slice(1)}.`, zh: `${text.zh}。` };
}

/** One ground, if it is the same everywhere; otherwise each ground after its regions. */
function grounds(purpose: Purpose): Text {
  const regions = new Map<Basis, Text[]>();
  for (const region of ["eu", "uk", "cn", "us", "other"] as const) {
    const basis = purpose.bases[region];
    regions.set(basis, [...(regions.get(basis) ?? []), regimes[region].title]);
  }
  if (regions.size === 1) return sentence(basisTitles[purpose.bases.eu]);
  const parts = [...regions].map(([basis, titles]) => {
    const places = join(titles, { en: ", ", zh: "、" });
    const ground = basisTitles[basis];
    return { en: `${places.en}: ${ground.en}`, zh: `${places.zh}：${ground.zh}` };
  });
  return sentence(join(parts, semicolon));
}
