/** Who may receive what the service keeps, as the forms of the console offer them. */
import {
  inventory,
  type Language,
  recipients,
  type RecipientKey,
  type Text,
} from "@cloud-code/policy";
import { words } from "./words.ts";

/** Who may receive something that the service keeps about a person. */
export const receivers: readonly RecipientKey[] = (
  Object.keys(recipients) as RecipientKey[]
).filter((key) =>
  Object.values(inventory).some(
    (item) =>
      item.product === "service" && item.state !== "refused" && item.recipients.includes(key),
  ),
);

/** The name of a recipient; a key that is none any more stands for itself. */
export function titleOf(key: string, language: Language): string {
  return Object.hasOwn(recipients, key) ? recipients[key as RecipientKey].title[language] : key;
}

/** What is said of fields that were not as they should be, by the labels that stand over them. */
export function describeProblems(
  problems: Readonly<Record<string, string>>,
  language: Language,
): string {
  const named = Object.keys(problems).map((field) =>
    Object.hasOwn(labels, field) ? (labels[field]?.[language] ?? field) : field,
  );
  return `${words.lookAgain[language]} ${named.join(", ")}`;
}

const labels: Readonly<Record<string, Text>> = {
  recipient: words.recipient,
  country: words.country,
  origin: words.address,
  url: words.address,
  kind: words.mechanism,
  reference: words.reference,
  assessment: words.assessment,
  signed: words.signed,
  ends: words.ends,
  subject: words.subject,
  items: words.items,
  told: words.told,
  because: words.untold,
};
