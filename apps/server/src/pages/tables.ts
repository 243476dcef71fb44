import { bigint, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { classify } from "../database/classify.ts";

/** How often which page was read on which day; a page is a pattern such as `/privacy/archive/:id`, so no address of one person. */
export const pageCounts = pgTable(
  "page_counts",
  {
    /** `YYYY-MM-DD`, UTC. */
    day: text("day").notNull(),
    page: text("page").notNull(),
    views: bigint("views", { mode: "number" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.page] })],
);

/** See `pageCounts`. */
export const pageCountsClassified = classify(pageCounts, {
  day: "service.page-views",
  page: "service.page-views",
  views: "service.page-views",
});
