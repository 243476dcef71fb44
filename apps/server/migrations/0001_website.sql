CREATE TABLE "consent_events" (
	"number" bigint PRIMARY KEY NOT NULL,
	"pseudonym" text NOT NULL,
	"purpose" text NOT NULL,
	"answer" text NOT NULL,
	"kind" text NOT NULL,
	"notice_id" text NOT NULL,
	"question" text NOT NULL,
	"language" text NOT NULL,
	"screen" text NOT NULL,
	"signal" boolean NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "consent_subjects" (
	"user_id" text PRIMARY KEY NOT NULL,
	"pseudonym" text NOT NULL,
	CONSTRAINT "consent_subjects_pseudonym_unique" UNIQUE("pseudonym")
);
--> statement-breakpoint
CREATE TABLE "page_counts" (
	"day" text NOT NULL,
	"page" text NOT NULL,
	"views" bigint NOT NULL,
	CONSTRAINT "page_counts_day_page_pk" PRIMARY KEY("day","page")
);
--> statement-breakpoint
CREATE TABLE "support_messages" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"ticket_id" uuid NOT NULL,
	"author" text NOT NULL,
	"body" text NOT NULL,
	"written_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "support_tickets" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"number" text NOT NULL,
	"user_id" text,
	"name" text,
	"email" text,
	"kind" text NOT NULL,
	"language" text NOT NULL,
	"secret_hash" text NOT NULL,
	"notice_id" text NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"escalate_at" timestamp with time zone NOT NULL,
	"escalated_at" timestamp with time zone,
	"answered_at" timestamp with time zone,
	"closed_at" timestamp with time zone,
	CONSTRAINT "support_tickets_number_unique" UNIQUE("number"),
	CONSTRAINT "support_tickets_secret_hash_unique" UNIQUE("secret_hash")
);
--> statement-breakpoint
CREATE TABLE "usage_weeks" (
	"week" text PRIMARY KEY NOT NULL,
	"reports" integer DEFAULT 0 NOT NULL,
	"triggers" bigint DEFAULT 0 NOT NULL,
	"accepts" bigint DEFAULT 0 NOT NULL,
	"accept_rank_sum" bigint DEFAULT 0 NOT NULL,
	"accept_char_sum" bigint DEFAULT 0 NOT NULL,
	"response_ms_sum" bigint DEFAULT 0 NOT NULL,
	"responses" bigint DEFAULT 0 NOT NULL,
	"search_prompts" bigint DEFAULT 0 NOT NULL,
	"searches" bigint DEFAULT 0 NOT NULL,
	"search_accepts" bigint DEFAULT 0 NOT NULL,
	"search_accept_rank_sum" bigint DEFAULT 0 NOT NULL,
	"snippet_clicks" bigint DEFAULT 0 NOT NULL,
	"page_turns" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
ALTER TABLE "consent_subjects" ADD CONSTRAINT "consent_subjects_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "support_messages" ADD CONSTRAINT "support_messages_ticket_id_support_tickets_id_fk" FOREIGN KEY ("ticket_id") REFERENCES "public"."support_tickets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "support_tickets" ADD CONSTRAINT "support_tickets_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "support_tickets" ADD CONSTRAINT "support_tickets_notice_id_notice_versions_id_fk" FOREIGN KEY ("notice_id") REFERENCES "public"."notice_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "consent_events_pseudonym" ON "consent_events" USING btree ("pseudonym","number");--> statement-breakpoint
CREATE INDEX "support_messages_ticket" ON "support_messages" USING btree ("ticket_id","written_at");--> statement-breakpoint
CREATE INDEX "support_tickets_due" ON "support_tickets" USING btree ("answered_at","due_at");--> statement-breakpoint
CREATE INDEX "support_tickets_user" ON "support_tickets" USING btree ("user_id");--> statement-breakpoint
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Rows of % are only ever added.', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;--> statement-breakpoint
CREATE TRIGGER notice_versions_frozen BEFORE UPDATE OR DELETE ON "notice_versions" FOR EACH ROW EXECUTE FUNCTION refuse_change();--> statement-breakpoint
CREATE TRIGGER notice_versions_kept BEFORE TRUNCATE ON "notice_versions" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();--> statement-breakpoint
CREATE TRIGGER consent_events_frozen BEFORE UPDATE OR DELETE ON "consent_events" FOR EACH ROW EXECUTE FUNCTION refuse_change();--> statement-breakpoint
CREATE TRIGGER consent_events_kept BEFORE TRUNCATE ON "consent_events" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
