import type { Statement } from "@/lib/db/client";
import type { BUDGET_SCOPES } from "@/lib/db/schema/auth";

/**
 * Each decision of the limiter is one statement, and in it one atomic statement a budget: the row is locked, judged as it is
 * at that moment and changed, whatever other processes do (docs/decisions/0010). The account's row always comes before the
 * address's, so that two attempts never wait for each other. Time is the clock of the database.
 *
 * Parameters shared by all: $1 type, $2 account (null for none), $3 address (null for none), $4 and $5 their limits,
 * $6 seconds of the timespan. The clock is asked anew where a lock on a row may have been waited for.
 */

const since = "clock_timestamp() - make_interval(secs => $6)";

/** How many slots of row `b` are taken: by attempts that count, and by those whose outcome is open. */
const taken = `(select count(*) from unnest(
  case when b.locked_until is null then b.counted_at || b.undecided_at else b.undecided_at end) as t where t > ${since})`;

const isLocked = "coalesce(b.locked_until > clock_timestamp(), false)";

type Scope = (typeof BUDGET_SCOPES)[number];

const isOf = (scope: Scope) => `b.type = $1 and b.scope = '${scope}' and b.key = ${scope === "account" ? "$2" : "$3"}`;

/** Makes what is done to the address wait for what `account`, a part of the same statement, does to the account. */
const afterAccount = "(select count(*) from account) >= 0";

/**
 * What has this in its FROM is not waited for on the disk. Whoever is told of an outcome still finds all of it kept: what follows
 * before the answer, the count of a failure or the session of a success, is waited for, and takes along what was written before.
 */
const unhurried = "(select set_config('synchronous_commit', 'off', true)) as unhurried";

/** Whether the limiter can decide at all. */
export const PROBE: Statement = { name: "attempt_probe", text: "select from attempt_budgets limit 1" };

/**
 * How the budgets stand. An attempt that meets a lock is logged by the same statement, and costs nothing else.
 * $7 login id and $8 address for the log, $9 seconds within which an outcome can still be expected, $10 how many attempts ask.
 * The log of refusals is not waited for on the disk: a flood would be as slow as that, and a crash loses no more than the
 * refusals of its last moment.
 */
export const LOOK: Statement = {
  name: "attempt_look",
  text: `
    with budget as materialized (
      select b.scope,
        ceil(extract(epoch from b.locked_until - clock_timestamp()))::int as locked_seconds,
        ${taken} >= case b.scope when 'account' then $4::int else $5::int end as is_full,
        exists (select from unnest(b.undecided_at) as t
          where t > greatest(${since}, clock_timestamp() - make_interval(secs => $9))) as is_open
      from attempt_budgets b where (${isOf("account")}) or (${isOf("address")})
    ), logged as (
      insert into attempts (type, login_id_canonical, ip, during_lockout, created_at)
      select $1, $7, $8, true, clock_timestamp() from generate_series(1, $10::int)
      where exists (select from budget where locked_seconds > 0)
    )
    select greatest(max(locked_seconds), 0) as locked_seconds,
      coalesce(bool_or(is_full), false) as is_full,
      coalesce(bool_or(is_full and not is_open), false) as is_overdue
    from budget, ${unhurried}`,
};

/** Takes a slot of one budget, if it has one left and is not locked; a lock that has run out takes its count along. */
const reserve = (scope: Scope, condition: string) => `
  insert into attempt_budgets as b (type, scope, key, undecided_at, last_attempt_at, created_at)
  select $1, '${scope}', ${scope === "account" ? "$2" : "$3"}, array[clock_timestamp()], clock_timestamp(), clock_timestamp()
  where ${condition}
  on conflict (type, scope, key) do update set
    counted_at = case when b.locked_until is null
      then array(select t from unnest(b.counted_at) as t where t > ${since}) else '{}' end,
    undecided_at = array(select t from unnest(b.undecided_at) as t where t > ${since}) || clock_timestamp(),
    locked_until = null,
    last_attempt_at = clock_timestamp()
  where not ${isLocked} and ${taken} < ${scope === "account" ? "$4" : "$5"}
  returning b.undecided_at[cardinality(b.undecided_at)]::text as taken_at`;

/**
 * Takes a slot of each budget and logs the attempt as one that has not succeeded. Where the address has no slot left, that of
 * the account has to be given back. $7 login id and $8 address for the log.
 * Times are text: as Date they would lose the microseconds by which slots are told apart.
 */
export const RESERVE: Statement = {
  name: "attempt_reserve",
  text: `
    with account as (${reserve("account", "$2::text is not null")}),
    address as (${reserve("address", "$3::text is not null and ($2::text is null or exists (select from account))")}),
    logged as (
      insert into attempts (type, login_id_canonical, ip, created_at)
      select $1, $7, $8, clock_timestamp()
      where ($2::text is null or exists (select from account)) and ($3::text is null or exists (select from address))
      returning id)
    select (select taken_at from account) as account_at, (select taken_at from address) as address_at,
      (select id from logged) as logged_id
    from ${unhurried}`,
};

const isDecided = (at: string) =>
  `(u = ${at}::timestamptz) is true or u <= clock_timestamp() - make_interval(secs => $8)`;

/**
 * Counts the slot at `at`, and every other one whose outcome should long be known: whoever held it has died. The attempt that
 * fills the budget locks it for $7 seconds after the last one that counts. During a lock nothing is counted.
 */
const count = (scope: Scope, at: string, condition = "true") => `
  update attempt_budgets b set
    (counted_at, locked_until) = (
      select coalesce(array_agg(t order by t), '{}'),
        case when ${isLocked} then b.locked_until
          when count(*) >= ${scope === "account" ? "$4" : "$5"} then max(t) + make_interval(secs => $7) end
      from (
        select t, max(t) over () as newest from unnest(
          case when b.locked_until is null or ${isLocked} then b.counted_at else '{}' end ||
          case when ${isLocked} then '{}'
            else array(select u from unnest(b.undecided_at) as u where ${isDecided(at)}) end) as t
      ) as counted
      where ${isLocked} or t > newest - make_interval(secs => $6)),
    undecided_at = array(select u from unnest(b.undecided_at) as u where not (${isDecided(at)}))
  where ${isOf(scope)} and ${condition} and (${at}::timestamptz is not null or not ${isLocked})
  returning b.locked_until > clock_timestamp() and
    (${at}::timestamptz is null or ${at}::timestamptz = any(b.counted_at)) as is_locked_now`;

/**
 * Counts an attempt on both budgets. $7 seconds of the lockout, $8 seconds within which an outcome can be expected, $9 and
 * $10 the slots, $11 the row of the log where the attempt has succeeded, $12 whether to tell the owner of the account of a
 * lock: the mail is put into the outbox with the lock, so that there is one for each.
 */
export const COUNT: Statement = {
  name: "attempt_count",
  text: `
    with account as (${count("account", "$9")}),
    address as (${count("address", "$10", afterAccount)}),
    told as (
      insert into mail_outbox (kind, login_id) select 'account-locked', $2 from account where is_locked_now and $12),
    logged as (update attempts set success = true where id = $11)
    select (select is_locked_now from account) is true as locks_account,
      (select is_locked_now from address) is true as locks_address`,
};

/** Gives the slot at `at` back. */
const giveBack = (scope: Scope, at: string, { along = "", condition = "true" } = {}) => `
  update attempt_budgets b set
    ${along}undecided_at = array(select t from unnest(b.undecided_at) as t where t is distinct from ${at}::timestamptz)
  where ${isOf(scope)} and ${condition} returning 1`;

/**
 * Forgets the failures on the account after the right password, and gives back the slot on the address, where nothing else
 * changes: one account never clears the way for guesses on others. $4 and $5 the slots, $6 the row of the log.
 */
export const CLEAR: Statement = {
  name: "attempt_clear",
  text: `
    with account as (${giveBack("account", "$4", { along: "counted_at = '{}', locked_until = null, " })}),
    address as (${giveBack("address", "$5", { condition: afterAccount })}),
    logged as (update attempts set success = true where id = $6)
    select 1 from ${unhurried}`,
};

/** Gives both slots back ($4 and $5), of an attempt that nobody could judge. */
export const RELEASE: Statement = {
  name: "attempt_release",
  text: `with account as (${giveBack("account", "$4")}) ${giveBack("address", "$5", { condition: afterAccount })}`,
};
