/**
 * Public holidays, as data. Invariant: what is missing here makes a deadline earlier, never later, so the table may be incomplete and
 * is still safe. Only days that are free in every part of a country are listed: no Easter Monday of the United Kingdom, which Scotland
 * works, and no day that is moved by decree, such as 1 May in Greece. Substitutes for holidays on weekends are listed for the United
 * States alone.
 *
 * Compared on 2026-11-22, for every day from 2024 to 2032, with the calendars of the `holidays` package for Python, version 0.109: no
 * working day is free here that is not free there. That is a collection, not the law of 33 countries. Read in the text: China
 * (General Office of the State Council, 4 November 2025) and California (Government Code, §§ 6700 and 6701).
 */
/** Whole days since 1970-01-01, as in `calendar.ts`. */
type Day = number;

/** The countries whose holidays are known, ISO 3166-1 alpha-2. */
export type CountryCode =
  | "AT"
  | "BE"
  | "BG"
  | "CY"
  | "CZ"
  | "DE"
  | "DK"
  | "EE"
  | "ES"
  | "FI"
  | "FR"
  | "GR"
  | "HR"
  | "HU"
  | "IE"
  | "IS"
  | "IT"
  | "LI"
  | "LT"
  | "LU"
  | "LV"
  | "MT"
  | "NL"
  | "NO"
  | "PL"
  | "PT"
  | "RO"
  | "SE"
  | "SI"
  | "SK"
  | "GB"
  | "US"
  | "CN";

interface HolidayCalendar {
  /** `MM-DD`, every year. */
  readonly fixed?: readonly string[];
  /** Days from Easter Sunday: -2 is Good Friday, 1 Easter Monday, 39 Ascension, 50 Whit Monday, 60 Corpus Christi. */
  readonly easter?: readonly number[];
  /** Days from the Easter Sunday of the Orthodox churches. */
  readonly orthodoxEaster?: readonly number[];
  /** The n-th weekday of a month; `nth` -1 is the last one. Sunday is 0. */
  readonly weekdays?: readonly {
    readonly month: number;
    readonly weekday: number;
    readonly nth: number;
  }[];
  /** The fixed days, `MM-DD`, that are taken on the Monday after if they fall on a Sunday. */
  readonly mondays?: readonly string[];
  /** Days that are announced year by year, `YYYY-MM-DD`. */
  readonly announced?: readonly string[];
  /** Weekend days on which people work in exchange for a bridge day. In a year that is not here every one might be such a day. */
  readonly makeUp?: readonly string[];
}

const calendars: Readonly<Record<CountryCode, HolidayCalendar>> = {
  AT: {
    fixed: ["01-01", "01-06", "05-01", "08-15", "10-26", "11-01", "12-08", "12-25", "12-26"],
    easter: [1, 39, 50, 60],
  },
  BE: {
    fixed: ["01-01", "05-01", "07-21", "08-15", "11-01", "11-11", "12-25"],
    easter: [1, 39, 50],
  },
  BG: {
    fixed: [
      "01-01",
      "03-03",
      "05-01",
      "05-06",
      "05-24",
      "09-06",
      "09-22",
      "12-24",
      "12-25",
      "12-26",
    ],
    orthodoxEaster: [-2, 1],
  },
  CY: {
    fixed: [
      "01-01",
      "01-06",
      "03-25",
      "04-01",
      "05-01",
      "08-15",
      "10-01",
      "10-28",
      "12-25",
      "12-26",
    ],
    orthodoxEaster: [-48, -2, 1, 50],
  },
  CZ: {
    fixed: [
      "01-01",
      "05-01",
      "05-08",
      "07-05",
      "07-06",
      "09-28",
      "10-28",
      "11-17",
      "12-24",
      "12-25",
      "12-26",
    ],
    easter: [-2, 1],
  },
  DE: { fixed: ["01-01", "05-01", "10-03", "12-25", "12-26"], easter: [-2, 1, 39, 50] },
  DK: { fixed: ["01-01", "12-25", "12-26"], easter: [-3, -2, 1, 39, 50] },
  EE: {
    fixed: ["01-01", "02-24", "05-01", "06-23", "06-24", "08-20", "12-24", "12-25", "12-26"],
    easter: [-2],
  },
  ES: {
    fixed: ["01-01", "05-01", "08-15", "10-12", "11-01", "12-06", "12-08", "12-25"],
    easter: [-2],
  },
  FI: { fixed: ["01-01", "01-06", "05-01", "12-06", "12-25", "12-26"], easter: [-2, 1, 39] },
  FR: {
    fixed: ["01-01", "05-01", "05-08", "07-14", "08-15", "11-01", "11-11", "12-25"],
    easter: [1, 39, 50],
  },
  GR: {
    fixed: ["01-01", "01-06", "03-25", "08-15", "10-28", "12-25", "12-26"],
    orthodoxEaster: [-48, -2, 1, 50],
  },
  HR: {
    fixed: [
      "01-01",
      "01-06",
      "05-01",
      "05-30",
      "06-22",
      "08-05",
      "08-15",
      "11-01",
      "11-18",
      "12-25",
      "12-26",
    ],
    easter: [1, 60],
  },
  HU: {
    fixed: ["01-01", "03-15", "05-01", "08-20", "10-23", "11-01", "12-25", "12-26"],
    easter: [-2, 1, 50],
  },
  IE: {
    fixed: ["01-01", "03-17", "12-25", "12-26"],
    easter: [1],
    weekdays: [
      { month: 5, weekday: 1, nth: 1 },
      { month: 6, weekday: 1, nth: 1 },
      { month: 8, weekday: 1, nth: 1 },
      { month: 10, weekday: 1, nth: -1 },
    ],
  },
  IS: { fixed: ["01-01", "05-01", "06-17", "12-25", "12-26"], easter: [-3, -2, 1, 39, 50] },
  IT: {
    fixed: [
      "01-01",
      "01-06",
      "04-25",
      "05-01",
      "06-02",
      "08-15",
      "11-01",
      "12-08",
      "12-25",
      "12-26",
    ],
    easter: [1],
  },
  LI: {
    fixed: ["01-01", "01-06", "05-01", "08-15", "11-01", "12-08", "12-25", "12-26"],
    easter: [1, 39, 50, 60],
  },
  LT: {
    fixed: [
      "01-01",
      "02-16",
      "03-11",
      "05-01",
      "06-24",
      "07-06",
      "08-15",
      "11-01",
      "11-02",
      "12-24",
      "12-25",
      "12-26",
    ],
    easter: [1],
  },
  LU: {
    fixed: ["01-01", "05-01", "05-09", "06-23", "08-15", "11-01", "12-25", "12-26"],
    easter: [1, 39, 50],
  },
  LV: {
    fixed: [
      "01-01",
      "05-01",
      "05-04",
      "06-23",
      "06-24",
      "11-18",
      "12-24",
      "12-25",
      "12-26",
      "12-31",
    ],
    easter: [-2, 1],
  },
  MT: {
    fixed: [
      "01-01",
      "02-10",
      "03-19",
      "03-31",
      "05-01",
      "06-07",
      "06-29",
      "08-15",
      "09-08",
      "09-21",
      "12-08",
      "12-13",
      "12-25",
    ],
    easter: [-2],
  },
  NL: { fixed: ["01-01", "12-25", "12-26"], easter: [1, 39, 50] },
  NO: { fixed: ["01-01", "05-01", "05-17", "12-25", "12-26"], easter: [-3, -2, 1, 39, 50] },
  PL: {
    fixed: ["01-01", "01-06", "05-01", "05-03", "08-15", "11-01", "11-11", "12-25", "12-26"],
    easter: [1, 60],
  },
  PT: {
    fixed: [
      "01-01",
      "04-25",
      "05-01",
      "06-10",
      "08-15",
      "10-05",
      "11-01",
      "12-01",
      "12-08",
      "12-25",
    ],
    easter: [-2, 60],
  },
  RO: {
    fixed: [
      "01-01",
      "01-02",
      "01-06",
      "01-07",
      "01-24",
      "05-01",
      "06-01",
      "08-15",
      "11-30",
      "12-01",
      "12-25",
      "12-26",
    ],
    orthodoxEaster: [-2, 1, 50],
  },
  SE: { fixed: ["01-01", "01-06", "05-01", "06-06", "12-25", "12-26"], easter: [-2, 1, 39] },
  SI: {
    fixed: [
      "01-01",
      "01-02",
      "02-08",
      "04-27",
      "05-01",
      "05-02",
      "06-25",
      "08-15",
      "10-31",
      "11-01",
      "12-25",
      "12-26",
    ],
    easter: [1],
  },
  SK: {
    fixed: ["01-01", "01-06", "05-01", "07-05", "08-29", "11-01", "12-24", "12-25", "12-26"],
    easter: [-2, 1],
  },
  GB: {
    fixed: ["01-01", "12-25", "12-26"],
    easter: [-2],
    weekdays: [
      { month: 5, weekday: 1, nth: 1 },
      { month: 5, weekday: 1, nth: -1 },
    ],
  },
  // Days that are holidays both of the federation and of California, whose law the periods are: it moves no Saturday to a Friday.
  US: {
    fixed: ["01-01", "06-19", "07-04", "11-11", "12-25"],
    weekdays: [
      { month: 1, weekday: 1, nth: 3 },
      { month: 2, weekday: 1, nth: 3 },
      { month: 5, weekday: 1, nth: -1 },
      { month: 9, weekday: 1, nth: 1 },
      { month: 10, weekday: 1, nth: 2 },
      { month: 11, weekday: 4, nth: 4 },
    ],
    mondays: ["01-01", "07-04", "11-11", "12-25"],
  },
  // Arranged by the State Council for one year at a time. A year that is not here has no free days at all, so deadlines come earlier.
  CN: {
    announced: [
      "2026-01-01",
      "2026-01-02",
      "2026-02-16",
      "2026-02-17",
      "2026-02-18",
      "2026-02-19",
      "2026-02-20",
      "2026-02-23",
      "2026-04-06",
      "2026-05-01",
      "2026-05-04",
      "2026-05-05",
      "2026-06-19",
      "2026-09-25",
      "2026-10-01",
      "2026-10-02",
      "2026-10-05",
      "2026-10-06",
      "2026-10-07",
    ],
    makeUp: ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"],
  },
};

/** Every country with a calendar. */
export const countriesWithHolidays: readonly CountryCode[] = Object.keys(
  calendars,
) as CountryCode[];

/** Whether a day is a public holiday of a country. */
export function isHoliday(day: Day, country: CountryCode): boolean {
  const calendar = calendars[country];
  const date = new Date(day * dayMs);
  const year = date.getUTCFullYear();
  const iso = date.toISOString().slice(0, 10);
  return (
    isFixed(day, calendar) ||
    (calendar.announced?.includes(iso) ?? false) ||
    (calendar.easter?.includes(day - westernEaster(year)) ?? false) ||
    (calendar.orthodoxEaster?.includes(day - orthodoxEaster(year)) ?? false) ||
    (calendar.weekdays?.some((rule) => isNthWeekday(date, rule)) ?? false)
  );
}

/** Whether people work on a day of a weekend in exchange for a bridge day, or might, since nothing is known of the year. */
export function isMakeUpDay(day: Day, country: CountryCode): boolean {
  const { makeUp = [] } = calendars[country];
  const iso = new Date(day * dayMs).toISOString().slice(0, 10);
  const known = makeUp.some((other) => other.slice(0, 4) === iso.slice(0, 4));
  return makeUp.length > 0 && (!known || makeUp.includes(iso));
}

const dayMs = 86_400_000;

function isFixed(day: Day, { fixed = [], mondays = [] }: HolidayCalendar): boolean {
  const monthDay = (other: Day): string => new Date(other * dayMs).toISOString().slice(5, 10);
  return (
    fixed.includes(monthDay(day)) ||
    (new Date(day * dayMs).getUTCDay() === 1 && mondays.includes(monthDay(day - 1)))
  );
}

function isNthWeekday(
  date: Date,
  rule: { readonly month: number; readonly weekday: number; readonly nth: number },
): boolean {
  if (date.getUTCMonth() + 1 !== rule.month || date.getUTCDay() !== rule.weekday) return false;
  const nth = Math.ceil(date.getUTCDate() / 7);
  if (rule.nth > 0) return nth === rule.nth;
  return new Date(date.getTime() + 7 * dayMs).getUTCMonth() + 1 !== rule.month;
}

/** Easter Sunday of the western churches: the anonymous Gregorian computus (Nature, 1876). Example: 2026 gives 5 April. */
function westernEaster(year: number): Day {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const inCentury = year % 100;
  const correction = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3);
  const epact = (19 * golden + century - Math.floor(century / 4) - correction + 15) % 30;
  const weekday =
    (32 + 2 * (century % 4) + 2 * Math.floor(inCentury / 4) - epact - (inCentury % 4)) % 7;
  const late = Math.floor((golden + 11 * epact + 22 * weekday) / 451);
  const months = epact + weekday - 7 * late + 114;
  return Date.UTC(year, Math.floor(months / 31) - 1, (months % 31) + 1) / dayMs;
}

/** Easter Sunday of the Orthodox churches: the Julian computus (Meeus), 13 days later until the year 2099. 2026: 12 April. */
function orthodoxEaster(year: number): Day {
  const epact = (19 * (year % 19) + 15) % 30;
  const weekday = (2 * (year % 4) + 4 * (year % 7) - epact + 34) % 7;
  const months = epact + weekday + 114;
  return Date.UTC(year, Math.floor(months / 31) - 1, (months % 31) + 1) / dayMs + 13;
}
