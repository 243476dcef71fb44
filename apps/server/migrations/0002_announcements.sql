CREATE TABLE "notices_announced" (
	"notice_id" text NOT NULL,
	"user_id" text NOT NULL,
	"announced_at" timestamp with time zone NOT NULL,
	CONSTRAINT "notices_announced_notice_id_user_id_pk" PRIMARY KEY("notice_id","user_id")
);
--> statement-breakpoint
ALTER TABLE "notices_announced" ADD CONSTRAINT "notices_announced_notice_id_notice_versions_id_fk" FOREIGN KEY ("notice_id") REFERENCES "public"."notice_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notices_announced" ADD CONSTRAINT "notices_announced_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;