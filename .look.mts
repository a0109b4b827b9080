import WebSocket from "ws";
import path from "node:path";
import { embeddedDatabase } from "@/lib/db/embedded";
import { connect } from "@/lib/db/client";
import { startServer } from "@/e2e/support/server";
import { stop } from "@/e2e/support/process";
import { setDatabaseUrl } from "@/lib/config/env";
import { database } from "@/lib/db/client";
import { eq } from "drizzle-orm";
import { findLinkHolder, signLinkToken } from "@/lib/auth/links";
import { users } from "@/lib/db/schema/users";
import { addPerson } from "@/e2e/support/people";
import { clientOf } from "@/e2e/support/api";
import { actionOn, formData } from "@/e2e/support/forms";
const emb = await embeddedDatabase(path.resolve(".data/look-postgres"), ["fsync=off"]);
const admin = await connect(emb.url);
await admin.query("drop database if exists look with (force)"); await admin.query("create database look");
const url = emb.url.replace(/gatehouse$/, "look");
process.env.AUTH_SECRET = "kJ3nDq8vWz1LxP0sYtR6uHbE5cFgA9mN2oQiVeTrCyU=";
const s = await startServer(process.cwd(), url, { AUTH_SECRET: process.env.AUTH_SECRET, ATTEMPT_IP_LIMIT: "0", EMAIL_ENABLED: "true", MAIL_TRANSPORT: "smtp", SMTP_URL: "smtp://127.0.0.1:1" });
process.env.AUTH_URL = s.url; process.env.NODE_ENV = "production"; 
setDatabaseUrl(url);
const ctx: any = { actor: { kind: "cli" }, db: database(), request: {} };
const id = await addPerson(ctx, "a@example.com");
const h = await findLinkHolder(ctx.db, eq(users.id, id));
const { token } = await signLinkToken(h!, "reset");
const headers = { cookie: `gatehouse-link=${encodeURIComponent(`${id}.${token}`)}` };
const c = clientOf(s.url);
const page = await c("GET", "/reset-password", { headers });
console.log(page.status, page.headers.get("location"), page.text.length);
const action = actionOn(page.text);
for (let n = 0; n < 17; n++) {
  const a = await Promise.race([c("POST", "/reset-password", { headers, body: formData(action, [["password", "short"], ["confirm", "short"]]) }), new Promise<any>((r) => setTimeout(() => r({ status: "HANG" }), 8000))]);
  console.log(n, a.status, a.headers?.get("location"), a.text?.length, /at least 12/.test(a.text ?? ""), /Too many/.test(a.text ?? ""));
  if (a.status === "HANG") {
  const { execSync } = await import("node:child_process");
  const pid = Number(execSync("pgrep -f 'next-server' | tail -1").toString());
  const pids = execSync("pgrep -f next-server").toString().trim().split("\n").filter((p) => { try { return execSync(`readlink /proc/${p}/cwd`).toString().includes("/work/main"); } catch { return false; } });
  console.log(pid, pids);
  process.kill(Number(pids.at(-1)), "SIGUSR1");
  await new Promise((r) => setTimeout(r, 1500));
  const [{ webSocketDebuggerUrl }] = await (await fetch("http://127.0.0.1:9229/json")).json();
  const ws = new WebSocket(webSocketDebuggerUrl);
  await new Promise((r) => (ws.onopen = r));
  for (let k = 0; k < 3; k++) {
    const got = new Promise<any>((r) => (ws.onmessage = (m) => { const d = JSON.parse(String(m.data)); if (d.method === "Debugger.paused") r(d); }));
    ws.send(JSON.stringify({ id: 1, method: "Debugger.enable" })); ws.send(JSON.stringify({ id: 2, method: "Debugger.pause" }));
    const d = await Promise.race([got, new Promise<any>((r) => setTimeout(() => r(null), 5000))]);
    if (!d) { console.log("no pause"); break; }
    console.log(d.params.callFrames.slice(0, 14).map((f: any) => f.functionName + " " + f.url.split("/").slice(-3).join("/") + ":" + f.location.lineNumber + ":" + f.location.columnNumber).join("\n")); console.log("---");
    ws.send(JSON.stringify({ id: 3, method: "Debugger.resume" }));
    await new Promise((r) => setTimeout(r, 300));
  }
  break; }
}
console.log(s.output().slice(-1500));
const r = await admin.query("select pid,state,wait_event_type,wait_event,left(query,200) q from pg_stat_activity where datname='look'"); console.log(r.rows);
await stop(s); process.exit(0);
