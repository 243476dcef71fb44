CREATE INDEX "invitations_email" ON "invitations" USING btree ("email");--> statement-breakpoint
CREATE INDEX "support_tickets_email" ON "support_tickets" USING btree ("email");