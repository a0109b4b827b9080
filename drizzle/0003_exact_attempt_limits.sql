-- Nothing has written here before.
DELETE FROM "attempt_budgets";--> statement-breakpoint
DROP INDEX "attempts_ip";--> statement-breakpoint
DROP INDEX "attempt_budgets_locked";--> statement-breakpoint
DROP INDEX "attempts_created_at";--> statement-breakpoint
ALTER TABLE "attempt_budgets" DROP CONSTRAINT "attempt_budgets_type_scope_key_pk";--> statement-breakpoint
ALTER TABLE "attempt_budgets" ADD COLUMN "id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL;--> statement-breakpoint
ALTER TABLE "attempt_budgets" ADD COLUMN "counted_at" timestamp with time zone[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "attempt_budgets" ADD COLUMN "undecided_at" timestamp with time zone[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "attempt_budgets" ADD COLUMN "last_attempt_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "attempt_budgets" ADD COLUMN "created_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "attempt_budgets_key" ON "attempt_budgets" USING btree ("type","scope","key");--> statement-breakpoint
CREATE INDEX "attempts_login_id_trgm" ON "attempts" USING gin ("login_id_canonical" gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "attempts_ip_trgm" ON "attempts" USING gin ("ip" gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "attempt_budgets_locked" ON "attempt_budgets" USING btree ("locked_until","id");--> statement-breakpoint
CREATE INDEX "attempts_created_at" ON "attempts" USING btree ("created_at","id");--> statement-breakpoint
ALTER TABLE "attempt_budgets" DROP COLUMN "count";--> statement-breakpoint
ALTER TABLE "attempt_budgets" DROP COLUMN "window_started_at";--> statement-breakpoint
ALTER TABLE "attempt_budgets" DROP COLUMN "last_counted_at";