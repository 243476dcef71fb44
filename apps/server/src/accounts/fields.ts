/** What each field of the account forms may hold, with the problem said in the person's language. */
import {
  type Language,
  type PurposeKey,
  regionOfCountry,
  type Text,
  type UsedServiceItemKey,
} from "@cloud-code/policy";
import { z } from "zod";
import { type BoxesResult, boxName, questionsBeside, readBoxes } from "../consent/beside.tsx";
import type { ServerContext } from "../environment.ts";
import type { Company } from "./port.ts";

const problems = {
  username: {
    en: "3 to 32 letters, digits, dots or underscores.",
    zh: "3 至 32 个字母、数字、点或下划线。",
  },
  email: { en: "This is not an e-mail address.", zh: "这不是有效的电子邮箱地址。" },
  password: { en: "Enter your password.", zh: "请输入密码。" },
  newPassword: { en: "12 to 128 characters.", zh: "12 至 128 个字符。" },
  required: { en: "This is needed.", zh: "此项必填。" },
  age: { en: "Please answer this question.", zh: "请回答此问题。" },
  phone: {
    en: "A phone number with its country code, such as +49 30 1234567.",
    zh: "请填写含国家代码的电话号码，例如 +86 10 1234 5678。",
  },
  website: { en: "An address that begins with https://.", zh: "请填写以 https:// 开头的网址。" },
  long: { en: "This is too long.", zh: "内容过长。" },
  code: {
    en: "Six digits from the app, or a recovery code.",
    zh: "请输入验证器中的六位数字或恢复代码。",
  },
} as const satisfies Readonly<Record<string, Text>>;

/** The fields in one language. Optional texts that are left empty are absent. */
export function fields(language: Language) {
  const say = (key: keyof typeof problems) => ({ error: problems[key][language] });
  const optional = (schema: z.ZodType<string, string>) =>
    z
      .string()
      .transform((text) => text.trim())
      .pipe(z.union([z.literal(""), schema]))
      .optional();
  const line = z
    .string()
    .max(200, say("long"))
    .regex(/^[^\p{Cc}]*$/u, say("long"));
  return {
    username: z
      .string(say("username"))
      .trim()
      .regex(/^[A-Za-z0-9_.]{3,32}$/, say("username")),
    email: z
      .string(say("email"))
      .trim()
      .max(254, say("email"))
      .pipe(z.email(say("email"))),
    /** An existing password, verified exactly as typed. */
    password: z.string(say("password")).min(1, say("password")).max(1000, say("long")),
    newPassword: z
      .string(say("newPassword"))
      .refine((text) => Array.from(text).length >= 12 && text.length <= 128, say("newPassword")),
    identifier: z.string(say("required")).trim().min(1, say("required")).max(254, say("long")),
    age: z.enum(["yes", "no"], say("age")),
    code: z
      .string(say("code"))
      .transform((text) => text.replace(/\s/g, ""))
      .pipe(z.string().regex(/^[A-Za-z0-9-]{6,24}$/, say("code"))),
    phone: optional(z.string().regex(/^\+?[0-9 ()./-]{5,40}$/, say("phone"))),
    companyName: optional(line),
    companyRegion: optional(z.string().regex(/^[A-Z]{2}$/, say("required"))),
    companyWebsite: optional(
      z
        .string()
        .max(200, say("long"))
        .pipe(z.url({ protocol: /^https?$/, hostname: /\./, ...say("website") })),
    ),
    companyContact: optional(line),
    /** The boxes of the purposes that rest on consent. */
    boxes: Object.fromEntries(
      optionalPurposes.map((purpose) => [boxName(purpose), z.literal("yes").optional()]),
    ),
    /** One line of text that has to be there, such as a name. */
    line: z.string(say("required")).trim().min(1, say("required")).pipe(line),
  };
}

/** The fields nobody has to fill in, and what of the inventory each asks for. */
export const optionalFields = {
  phone: "service.phone",
  companyName: "service.company.name",
  companyRegion: "service.company.region",
  companyWebsite: "service.company.website",
  companyContact: "service.company.contact",
} as const satisfies Readonly<Record<string, UsedServiceItemKey>>;

/** The purposes of the optional fields that rest on consent somewhere; each has a box in the form. */
export const optionalPurposes: readonly PurposeKey[] = questionsBeside(
  Object.values(optionalFields),
).map(({ purpose }) => purpose);

/** Reads the boxes beside the optional fields that were filled in. */
export function readOptionalBoxes(
  context: ServerContext,
  form: Readonly<Record<string, string | undefined>>,
  given: readonly PurposeKey[] = [],
): BoxesResult {
  const filled = Object.entries(optionalFields).flatMap(([name, item]) =>
    (form[name] ?? "") === "" ? [] : [item],
  );
  const country = form["companyRegion"] ?? "";
  const region = country === "" ? undefined : regionOfCountry(country);
  return readBoxes(context, filled, form, { region, given });
}

/** The company fields of a form as a company. */
export function toCompany(form: {
  readonly companyName?: string | undefined;
  readonly companyRegion?: string | undefined;
  readonly companyWebsite?: string | undefined;
  readonly companyContact?: string | undefined;
}): Company {
  return {
    name: form.companyName,
    region: form.companyRegion,
    website: form.companyWebsite,
    contact: form.companyContact,
  };
}

// ISO 3166-1 alpha-2; `Intl.DisplayNames` knows the names in every language.
const regions =
  "AD AE AF AG AL AM AO AR AT AU AZ BA BB BD BE BF BG BH BI BJ BN BO BR BS BT BW BY BZ CA CD CF CG CH CI CL CM CN CO CR CU CV CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FM FR GA GB GD GE GH GM GN GQ GR GT GW GY HK HN HR HT HU ID IE IL IN IQ IR IS IT JM JO JP KE KG KH KI KM KN KP KR KW KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MG MH MK ML MM MN MO MR MT MU MV MW MX MY MZ NA NE NG NI NL NO NP NR NZ OM PA PE PG PH PK PL PS PT PW PY QA RO RS RU RW SA SB SC SD SE SG SI SK SL SM SN SO SR SS ST SV SY SZ TD TG TH TJ TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VN VU WS YE ZA ZM ZW".split(
    " ",
  );

/** Countries and regions for a list to choose from, by name in the language; the first choice is none. */
export function regionOptions(language: Language): readonly (readonly [string, string])[] {
  // Naming and sorting two hundred countries takes milliseconds, and every account page shows them.
  return (known[language] ??= listRegions(language));
}

const known: Partial<Record<Language, readonly (readonly [string, string])[]>> = {};

function listRegions(language: Language): readonly (readonly [string, string])[] {
  const names = new Intl.DisplayNames(language === "zh" ? "zh-CN" : "en", { type: "region" });
  const { compare } = new Intl.Collator(language === "zh" ? "zh-CN" : "en");
  const named = regions.map((code) => [code, names.of(code) ?? code] as const);
  return [["", "—"], ...named.toSorted(([, a], [, b]) => compare(a, b))];
}

/** The fields that have a value, to be shown again. */
export function present(
  values: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
