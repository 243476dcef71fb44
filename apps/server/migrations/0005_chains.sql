CREATE TABLE "chain_gaps" (
	"chain" text NOT NULL,
	"first" bigint NOT NULL,
	"last" bigint NOT NULL,
	"hash" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"signature" text NOT NULL,
	CONSTRAINT "chain_gaps_chain_first_pk" PRIMARY KEY("chain","first")
);
--> statement-breakpoint
DROP INDEX "webhook_deliveries_request";--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD COLUMN "kind" text DEFAULT 'erased' NOT NULL;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ALTER COLUMN "kind" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_once" UNIQUE("request_id","endpoint_id","kind");--> statement-breakpoint
DROP TABLE "audit_anchors" CASCADE;--> statement-breakpoint
DROP TRIGGER consent_events_frozen ON "consent_events";--> statement-breakpoint
CREATE TRIGGER consent_events_frozen BEFORE UPDATE OR DELETE ON "consent_events" FOR EACH ROW EXECUTE FUNCTION refuse_change_before_expiry();
