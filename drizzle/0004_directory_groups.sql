ALTER TABLE "user_groups" ADD COLUMN "by_hand" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "user_groups" ADD COLUMN "sources" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "user_groups" ADD CONSTRAINT "user_groups_has_reason" CHECK ("user_groups"."by_hand" or cardinality("user_groups"."sources") > 0);