/**
 * The life of an incident: register, assess, tell the authority and the people, contain, learn. The clocks run from the moment somebody
 * became aware, not from the moment it was understood.
 */
import { deadline, type ClockPlace, type Deadline } from "../clocks/deadline.ts";
import type { Task } from "../clocks/rules.ts";
import type { ItemKey } from "../inventory/index.ts";
import type { Region } from "../regimes.ts";
import type { Language, Text } from "../text.ts";
import { isBlank, step, type Guard, type Step } from "./machine.ts";

/** How likely and how bad the harm to people is. `high` means that they are told. */
export type Risk = "none" | "some" | "high";

/**
 * Why people need not be told one by one although the risk is high (GDPR, article 34(3)). In China harm that was effectively avoided is
 * the exemption (PIPL, article 57, second paragraph), and a public notice one of the ways of telling (Regulations on Network Data
 * Security Management, article 11).
 */
export type NoticeExemption = "unreadable" | "risk-removed" | "public-notice";

/**
 * The parts of a notice that may not be missing: promise C10 and GDPR article 34. PIPL article 57 adds the cause, and asks for the kinds
 * of data, the possible harm, the measures taken, what people can do, and the contact (read in the text of 20 August 2021).
 */
export interface IncidentNotice {
  /** What happened, to which data, when. */
  readonly basics: Text;
  /** What it may lead to. */
  readonly impact: Text;
  /** What was done and will be done. */
  readonly measures: Text;
  /** What the reader can do. */
  readonly advice: Text;
  /** What the reader can claim, and where. */
  readonly remedies: Text;
  /** Whom to ask. */
  readonly contact: Text;
  /** Why it happened; China asks for it. */
  readonly cause?: Text;
}

/** The five parts every notice has, and the contact; `cause` is asked for where people in China are affected. */
export const noticeParts: readonly Exclude<keyof IncidentNotice, "cause">[] = [
  "basics",
  "impact",
  "measures",
  "advice",
  "remedies",
  "contact",
];

/** What happened to an incident. */
export type IncidentEvent =
  | {
      readonly kind: "recorded";
      readonly atMs: number;
      /** When anybody of the operator's knew enough to say that data was touched. */
      readonly awareMs: number;
      /** An exercise: everything runs, nobody outside is told. */
      readonly drill: boolean;
    }
  | {
      readonly kind: "assessed";
      readonly atMs: number;
      readonly risk: Risk;
      readonly grade: "minor" | "significant";
      readonly items: readonly ItemKey[];
      readonly regions: readonly Region[];
      readonly reason: string;
    }
  | {
      readonly kind: "authority-notified";
      readonly atMs: number;
      readonly region: Region;
      /** Needed when it is late. */
      readonly delayReason?: string;
    }
  | { readonly kind: "final-report"; readonly atMs: number; readonly region: Region }
  | { readonly kind: "people-notified"; readonly atMs: number; readonly notice: IncidentNotice }
  | {
      readonly kind: "people-exempt";
      readonly atMs: number;
      readonly exemption: NoticeExemption;
      readonly reason: string;
    }
  | { readonly kind: "contained"; readonly atMs: number; readonly measures: string }
  | { readonly kind: "closed"; readonly atMs: number; readonly lessons: string };

/** An incident, as computed from what happened to it. */
export interface Incident {
  readonly status: "recorded" | "assessed" | "contained" | "closed";
  readonly awareMs: number;
  /** When it had been dealt with. */
  readonly containedMs: number | undefined;
  readonly drill: boolean;
  readonly risk: Risk | undefined;
  readonly grade: "minor" | "significant";
  readonly items: readonly ItemKey[];
  /** Where affected people are; unknown until assessed. */
  readonly regions: readonly Region[] | undefined;
  readonly authorities: readonly Region[];
  readonly finalReports: readonly Region[];
  readonly peopleTold: boolean;
  readonly exemption: NoticeExemption | undefined;
  readonly lastMs: number;
}

/** Why something may not happen to an incident. */
export type IncidentRefusal =
  | "not-recorded"
  | "recorded-before"
  | "already-closed"
  | "time-reversed"
  | "aware-later"
  | "not-assessed"
  | "assessment-empty"
  | "reason-missing"
  | "delay-unexplained"
  | "notice-incomplete"
  | "cause-missing"
  | "authority-untold"
  | "report-missing"
  | "people-untold"
  | "not-contained"
  | "lessons-missing";

type IncidentGuard = Guard<
  { readonly incident: Incident | undefined; readonly place: IncidentPlace },
  IncidentEvent,
  IncidentRefusal
>;

/** Where the operator is, and whether it runs critical infrastructure. */
export interface IncidentPlace extends ClockPlace {
  readonly critical: boolean;
}

/** One thing an incident still asks for, and until when. */
export interface IncidentClock {
  readonly task: Extract<Task, "notify-authority" | "notify-people" | "final-report">;
  readonly region: Region;
  readonly deadline: Deadline;
  readonly done: boolean;
}

/** Every clock of an incident; that of the final report runs once it is contained. Before it is assessed, those of all regions run: what is not known speaks for haste. */
export function incidentClocks(
  incident: Incident,
  place: IncidentPlace,
  nowMs: number,
): readonly IncidentClock[] {
  if (incident.risk === "none") return [];
  const regions: readonly Region[] = incident.regions ?? ["eu", "uk", "cn", "us", "other"];
  const tasks = ["notify-authority", "final-report", "notify-people"] as const;
  return tasks.flatMap((task) => {
    if (task === "notify-people" && incident.risk === "some") return [];
    // What is still going on cannot be summed up.
    const receivedMs = task === "final-report" ? incident.containedMs : incident.awareMs;
    if (receivedMs === undefined) return [];
    return regions.flatMap((region): readonly IncidentClock[] => {
      const due = deadline(
        {
          tasks: [task],
          region,
          receivedMs,
          events: [],
          place,
          grade: incident.risk === undefined ? "significant" : incident.grade,
          critical: place.critical,
        },
        nowMs,
      );
      return due === undefined
        ? []
        : [{ task, region, deadline: due, done: isClockDone(incident, task, region) }];
    });
  });
}

function isClockDone(incident: Incident, task: IncidentClock["task"], region: Region): boolean {
  switch (task) {
    case "notify-authority":
      return incident.authorities.includes(region);
    case "final-report":
      return incident.finalReports.includes(region);
    case "notify-people":
      return incident.peopleTold || incident.exemption !== undefined;
  }
}

/** What may not happen. Every one is proved by a case of the tests that ends differently without it. */
export const incidentGuards: readonly IncidentGuard[] = [
  guard(
    "recorded-before",
    ({ incident }, { kind }) => incident !== undefined && kind === "recorded",
  ),
  guard("already-closed", ({ incident }) => incident?.status === "closed"),
  guard(
    "time-reversed",
    ({ incident }, { atMs }) => incident !== undefined && atMs < incident.lastMs,
  ),
  guard("aware-later", (_, event) => event.kind === "recorded" && event.awareMs > event.atMs),
  guard(
    "not-assessed",
    ({ incident }, { kind }) =>
      incident?.risk === undefined &&
      (kind === "people-notified" || kind === "people-exempt" || kind === "closed"),
  ),
  guard(
    "assessment-empty",
    (_, event) =>
      event.kind === "assessed" &&
      event.risk !== "none" &&
      (event.items.length === 0 || event.regions.length === 0),
  ),
  guard(
    "reason-missing",
    (_, event) =>
      (event.kind === "assessed" || event.kind === "people-exempt") && isBlank(event.reason),
  ),
  guard(
    "delay-unexplained",
    ({ incident, place }, event) =>
      event.kind === "authority-notified" &&
      incident !== undefined &&
      isBlank(event.delayReason) &&
      incidentClocks(incident, place, event.atMs).some(
        (clock) =>
          clock.task === "notify-authority" &&
          clock.region === event.region &&
          event.atMs > clock.deadline.dueMs,
      ),
  ),
  guard(
    "notice-incomplete",
    (_, event) =>
      event.kind === "people-notified" &&
      noticeParts.some((part) => !isComplete(event.notice[part])),
  ),
  guard(
    "cause-missing",
    ({ incident }, event) =>
      event.kind === "people-notified" &&
      (incident?.regions?.includes("cn") ?? false) &&
      !isComplete(event.notice.cause),
  ),
  guard(
    "authority-untold",
    ({ incident, place }, event) =>
      event.kind === "closed" && open(incident, place, event.atMs, "notify-authority"),
  ),
  guard(
    "report-missing",
    ({ incident, place }, event) =>
      event.kind === "closed" && open(incident, place, event.atMs, "final-report"),
  ),
  guard(
    "people-untold",
    ({ incident, place }, event) =>
      event.kind === "closed" && open(incident, place, event.atMs, "notify-people"),
  ),
  guard(
    "not-contained",
    ({ incident }, { kind }) => kind === "closed" && incident?.status !== "contained",
  ),
  guard("lessons-missing", (_, event) => event.kind === "closed" && isBlank(event.lessons)),
];

/** Computes what an incident is after an event, or why the event may not happen. */
export function applyIncidentEvent(
  incident: Incident | undefined,
  event: IncidentEvent,
  place: IncidentPlace,
  guards: readonly IncidentGuard[] = incidentGuards,
): Step<Incident, IncidentRefusal> {
  const answer = step(
    guards,
    (state, happened) => ({ place, incident: moveIncident(state.incident, happened) }),
    { incident, place },
    event,
  );
  if (answer.kind === "refused") return answer;
  return answer.state.incident === undefined
    ? { kind: "refused", because: "not-recorded" }
    : { kind: "done", state: answer.state.incident };
}

/** Somebody who may have to be told of an incident, and what of theirs is kept. */
export interface Holder {
  /** The person's pseudonym. */
  readonly subject: string;
  readonly region: Region;
  readonly items: readonly ItemKey[];
}

/** Who is to be told: everybody of whom an affected item is kept, once. */
export function* addressees<Person extends Holder>(
  affected: readonly ItemKey[],
  holders: Iterable<Person>,
): Generator<Person> {
  const told = new Set<string>();
  for (const holder of holders) {
    if (told.has(holder.subject)) continue;
    if (!holder.items.some((item) => affected.includes(item))) continue;
    told.add(holder.subject);
    yield holder;
  }
}

/** The headings of a notice. */
export const noticeTitles: Readonly<Record<keyof IncidentNotice, Text>> = {
  basics: { en: "What happened", zh: "事件基本情况" },
  impact: { en: "What it may mean for you", zh: "可能的影响" },
  measures: { en: "What we did and will do", zh: "已采取或将采取的措施" },
  advice: { en: "What you can do", zh: "您可以采取的措施" },
  remedies: { en: "What you can claim", zh: "补救与救济途径" },
  contact: { en: "Whom you can ask", zh: "联系方式" },
  cause: { en: "Why it happened", zh: "事件原因" },
};

/** The notice as plain text in one language. A drill says so in its first line. */
export function printIncidentNotice(
  notice: IncidentNotice,
  language: Language,
  drill: boolean,
): string {
  const parts: readonly (keyof IncidentNotice)[] = [
    ...noticeParts.slice(0, 1),
    "cause",
    ...noticeParts.slice(1),
  ];
  const sections = parts.flatMap((part) => {
    const text = notice[part];
    return text === undefined ? [] : [`${noticeTitles[part][language]}\n${text[language].trim()}`];
  });
  const first = drill
    ? [
        { en: "This is an exercise. Nothing happened.", zh: "这是一次演练，并未发生任何事件。" }[
          language
        ],
      ]
    : [];
  return `${[...first, ...sections].join("\n\n")}\n`;
}

function open(
  incident: Incident | undefined,
  place: IncidentPlace,
  atMs: number,
  task: IncidentClock["task"],
): boolean {
  return (
    incident !== undefined &&
    incidentClocks(incident, place, atMs).some((clock) => clock.task === task && !clock.done)
  );
}

function isComplete(text: Text | undefined): boolean {
  return !isBlank(text?.en) && !isBlank(text?.zh);
}

function guard(code: IncidentRefusal, refuses: IncidentGuard["refuses"]): IncidentGuard {
  return { code, refuses };
}

function moveIncident(incident: Incident | undefined, event: IncidentEvent): Incident | undefined {
  if (event.kind === "recorded")
    return {
      status: "recorded",
      awareMs: event.awareMs,
      containedMs: undefined,
      drill: event.drill,
      risk: undefined,
      grade: "minor",
      items: [],
      regions: undefined,
      authorities: [],
      finalReports: [],
      peopleTold: false,
      exemption: undefined,
      lastMs: event.atMs,
    };
  if (incident === undefined) return undefined;
  const next = { ...incident, lastMs: event.atMs };
  switch (event.kind) {
    case "assessed":
      return {
        ...next,
        status: incident.status === "recorded" ? "assessed" : incident.status,
        risk: event.risk,
        grade: event.grade,
        items: event.items,
        regions: event.regions,
      };
    case "authority-notified":
      return { ...next, authorities: [...incident.authorities, event.region] };
    case "final-report":
      return { ...next, finalReports: [...incident.finalReports, event.region] };
    case "people-notified":
      return { ...next, peopleTold: true };
    case "people-exempt":
      return { ...next, exemption: event.exemption };
    case "contained":
      return { ...next, status: "contained", containedMs: event.atMs };
    case "closed":
      return { ...next, status: "closed" };
  }
}
