/** Consent asked in a form, beside the fields it is about: one box for each purpose, never ticked beforehand. */
import {
  inventory,
  isConsent,
  purposes,
  type PurposeKey,
  regimes,
  type Region,
  type UsedServiceItemKey,
} from "@cloud-code/policy";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { ServerContext } from "../environment.ts";
import { Checkbox } from "../pages/components.tsx";
import { sendsPrivacySignal } from "../pages/layout.tsx";
import type { AskedAnswer } from "./chain.ts";
import { type ConsentQuestion, serviceQuestions } from "./questions.ts";

const words = {
  needed: {
    en: "We keep it only with your yes. Tick the box, or leave the field empty.",
    zh: "仅在您同意后才会保存。请勾选，或将该项留空。",
  },
  only: { en: "Asked only where the company is in:", zh: "仅适用于公司位于：" },
  unknown: { en: "no country given", zh: "未填写国家或地区" },
} as const;

/** The name of a purpose's box in a form. */
export function boxName(purpose: PurposeKey): string {
  return `allow-${purpose}`;
}

/** The questions that fields may need answered: all of them, wherever the person is. */
export function questionsBeside(
  items: readonly UsedServiceItemKey[],
  region?: Region,
): readonly ConsentQuestion[] {
  const asked = serviceQuestions(region, []);
  const rests = (purpose: PurposeKey): boolean => asked.some((each) => each.purpose === purpose);
  // What may be kept for another purpose anyway needs no yes.
  const dependent = items
    .map((item) => inventory[item])
    .filter((item) => item.state !== "refused")
    .filter((item) => item.purposes.every(rests));
  return asked.filter(({ purpose }) =>
    dependent.some((item) => item.purposes.some((each) => each === purpose)),
  );
}

/** A box for a purpose, with the question as its label. */
export function ConsentBox({
  context,
  purpose,
  entered,
  problem,
}: {
  readonly context: ServerContext;
  readonly purpose: PurposeKey;
  readonly entered: Readonly<Record<string, string>>;
  readonly problem: string | undefined;
}): JSX.Element | null {
  const { language } = context.var;
  const question = serviceQuestions(undefined, []).find((each) => each.purpose === purpose);
  if (question === undefined) return null;
  const regions = Object.keys(regimes) as Region[];
  const where = regions.filter((region) => isConsent(purposes[purpose].bases[region]));
  const separator = language === "zh" ? "、" : ", ";
  return (
    <Checkbox
      name={boxName(purpose)}
      label={question.text[language]}
      why={
        where.length === regions.length
          ? undefined
          : `${words.only[language]} ${where.map((region) => regimes[region].title[language]).join(separator)}${separator}${words.unknown[language]}`
      }
      checked={entered[boxName(purpose)] === "yes"}
      problem={problem}
    />
  );
}

/** What the boxes of a form came to. */
export type BoxesResult =
  | { readonly kind: "answered"; readonly answers: readonly AskedAnswer[] }
  | { readonly kind: "missing"; readonly problems: Readonly<Record<string, string>> };

/**
 * Compares what was entered with what was allowed. Every field that rests on a consent needs its box, unless the yes was given before;
 * a ticked box beside an empty field says nothing.
 */
export function readBoxes(
  context: ServerContext,
  items: readonly UsedServiceItemKey[],
  entered: Readonly<Record<string, string | undefined>>,
  { region, given }: { readonly region: Region | undefined; readonly given: readonly PurposeKey[] },
): BoxesResult {
  const { language } = context.var;
  const open = questionsBeside(items, region).filter(({ purpose }) => !given.includes(purpose));
  const missing = open.filter(({ purpose }) => entered[boxName(purpose)] !== "yes");
  if (missing.length > 0) {
    const problems = missing.map(({ purpose }) => [boxName(purpose), words.needed[language]]);
    return { kind: "missing", problems: Object.fromEntries(problems) as Record<string, string> };
  }
  return {
    kind: "answered",
    answers: open.map(({ purpose, kind, text }) => ({
      purpose,
      kind,
      question: text[language],
      language,
      screen: new URL(context.req.url).pathname,
      signal: sendsPrivacySignal(context),
    })),
  };
}
