DROP INDEX "audit_events_actor";--> statement-breakpoint
DROP INDEX "users_last_login_at";--> statement-breakpoint
DROP INDEX "users_disabled_at";--> statement-breakpoint
DROP INDEX "users_created_at";--> statement-breakpoint
DROP INDEX "users_superusers";--> statement-breakpoint
DROP INDEX "audit_events_created_at";--> statement-breakpoint
CREATE INDEX "audit_events_action" ON "audit_events" USING btree ("action","created_at","id");--> statement-breakpoint
CREATE INDEX "audit_events_entity_kind" ON "audit_events" USING btree ("entity","created_at","id");--> statement-breakpoint
CREATE INDEX "audit_events_actor_label_trgm" ON "audit_events" USING gin ("actor_label" gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "audit_events_entity_label_trgm" ON "audit_events" USING gin ("entity_label" gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "users_enabled" ON "users" USING btree ("is_enabled","login_id_canonical");--> statement-breakpoint
CREATE INDEX "users_verified" ON "users" USING btree ("is_verified","login_id_canonical");--> statement-breakpoint
CREATE INDEX "users_superuser" ON "users" USING btree ("is_superuser","login_id_canonical");--> statement-breakpoint
CREATE INDEX "users_created" ON "users" USING btree ("created_at","login_id_canonical");--> statement-breakpoint
CREATE INDEX "users_last_login" ON "users" USING btree ("last_login_at","login_id_canonical");--> statement-breakpoint
CREATE INDEX "users_last_login_desc" ON "users" USING btree ("last_login_at" DESC NULLS LAST,"login_id_canonical" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "users_disabled" ON "users" USING btree ("disabled_at","login_id_canonical");--> statement-breakpoint
CREATE INDEX "users_disabled_desc" ON "users" USING btree ("disabled_at" DESC NULLS LAST,"login_id_canonical" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "audit_events_created_at" ON "audit_events" USING btree ("created_at","id");--> statement-breakpoint
-- How many share a group, and how often a part of a login occurs, differs widely: the planner has to know.
ALTER TABLE "users" ALTER COLUMN "login_id_canonical" SET STATISTICS 1000;--> statement-breakpoint
ALTER TABLE "user_groups" ALTER COLUMN "group_id" SET STATISTICS 1000;--> statement-breakpoint
ALTER TABLE "user_bundles" ALTER COLUMN "bundle_id" SET STATISTICS 1000;--> statement-breakpoint
ALTER TABLE "user_permissions" ALTER COLUMN "permission_id" SET STATISTICS 1000;--> statement-breakpoint
-- Deep pages are answered by indexes alone only where vacuum has been; by default it waits for a fifth of all rows.
ALTER TABLE "users" SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, vacuum_index_cleanup = on);--> statement-breakpoint
-- The audit trail only grows. A trigger holds for every role, the owner of the table included.
CREATE FUNCTION "refuse_change_of_audit_events"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_events is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;--> statement-breakpoint
CREATE TRIGGER "audit_events_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_events"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change_of_audit_events"();
