import { bigint, integer, pgTable, text } from "drizzle-orm/pg-core";
import { classify } from "../database/classify.ts";

const count = (name: string) => bigint(name, { mode: "number" }).notNull().default(0);

/**
 * The sums of the reports of a week. A report is added up and forgotten: there is no row that was one machine's. No address, no time
 * and no order of arrival is kept.
 */
export const usageWeeks = pgTable("usage_weeks", {
  /** An ISO 8601 week, `2026-W47`. */
  week: text("week").primaryKey(),
  reports: integer("reports").notNull().default(0),
  triggers: count("triggers"),
  accepts: count("accepts"),
  acceptRankSum: count("accept_rank_sum"),
  acceptCharSum: count("accept_char_sum"),
  responseMsSum: count("response_ms_sum"),
  responses: count("responses"),
  searchPrompts: count("search_prompts"),
  searches: count("searches"),
  searchAccepts: count("search_accepts"),
  searchAcceptRankSum: count("search_accept_rank_sum"),
  snippetClicks: count("snippet_clicks"),
  pageTurns: count("page_turns"),
});

/** See `usageWeeks`. */
export const usageWeeksClassified = classify(usageWeeks, {
  week: "assistant.report.week",
  reports: "state",
  triggers: "assistant.figures.triggers",
  accepts: "assistant.figures.accepts",
  acceptRankSum: "assistant.figures.accept-rank-sum",
  acceptCharSum: "assistant.figures.accept-char-sum",
  responseMsSum: "assistant.figures.response-ms-sum",
  responses: "assistant.figures.responses",
  searchPrompts: "assistant.figures.search-prompts",
  searches: "assistant.figures.searches",
  searchAccepts: "assistant.figures.search-accepts",
  searchAcceptRankSum: "assistant.figures.search-accept-rank-sum",
  snippetClicks: "assistant.figures.snippet-clicks",
  pageTurns: "assistant.figures.page-turns",
});
