-- Behind a pooler no connection brings settings of its own: the role has them. Run it once, as the role of the app.
-- DATABASE_POOLER=transaction needs it, and `npm run auth -- doctor` looks whether it is done.
ALTER ROLE CURRENT_USER SET statement_timeout = '30s';
ALTER ROLE CURRENT_USER SET idle_in_transaction_session_timeout = '60s';
-- A statement that nobody waits for any more ends.
ALTER ROLE CURRENT_USER SET client_connection_check_interval = '1s';
-- Planning for long queries takes longer than these run.
ALTER ROLE CURRENT_USER SET jit = off;
ALTER ROLE CURRENT_USER SET max_parallel_workers_per_gather = 0;
