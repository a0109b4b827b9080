import type { RequestFacts } from "@/lib/context";
import type { AuditChanges } from "@/lib/db/schema/events";

/** What subscribers are told of. Nothing in it is a secret: no password, no hash, no token. */

export type Person = { id: string; loginId: string };

/** What happened, by the name of the event. An interface, so that an app can add its own (docs/events.md). */
export interface Happenings {
  signedIn: {
    user: Person;
    /** The way in: `password`, `ldap` or the name of a profile. */
    provider: string;
  };
  signedOut: { user: Person };
  /** Somebody was refused after a look at what they brought. Attempts during a lock are not looked at. */
  signInFailed: {
    /** In its canonical form, existing or not; null where it was empty or too long, or a provider told of none. */
    loginId: string | null;
    provider: string;
    /** `invalid` for whatever is not the right password; otherwise why an account or an identity was not let in. */
    reason: string;
  };
  /** Too many attempts on an account or from an address. */
  locked: {
    type: "login" | "forgot" | "reset";
    scope: "account" | "address";
    /** The canonical login id, existing or not; or the address, of IPv6 its /64. */
    key: string;
  };
  userCreated: { user: Person; changes: AuditChanges };
  /** Fields, grants or groups of a user, whoever changed them; old and new values by field, with names instead of ids. */
  userChanged: { user: Person; changes: AuditChanges };
  userDeleted: { user: Person; changes: AuditChanges };
  /** A new password, by whatever way. */
  passwordChanged: { user: Person };
  permissionsSynced: { added: string[]; updated: string[]; removed: { token: string; grants: number }[] };
  /** Every row of the audit trail, of every entity; those above come beside it. */
  audited: {
    action: string;
    entity: string;
    entityId: string | null;
    entityLabel: string | null;
    changes: AuditChanges;
  };
}

export type EventName = keyof Happenings;

/** Who did it: a user, the command line or the app itself; somebody who is not signed in acts as the app. */
export type By = { kind: "user" | "cli" | "system"; id: string | null; label: string };

export type Event<Name extends EventName> = Happenings[Name] & { by: By; request: RequestFacts };

export type Subscriber<Name extends EventName> = (event: Event<Name>) => void | Promise<void>;
