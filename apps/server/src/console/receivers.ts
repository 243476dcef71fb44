/** Who may receive what the service keeps, as the forms of the console offer them. */
import { inventory, type Language, recipients, type RecipientKey } from "@cloud-code/policy";

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

/** The names of the fields that were not as they should be. */
export function fieldsOf(problems: Readonly<Record<string, string>>): string {
  return Object.keys(problems).join(", ");
}
