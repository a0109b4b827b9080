import http from "node:http";

/** Requests by plain connections that can be counted and held, as no browser lets them be. */

/** What became of one request. */
export type Outcome =
  | { kind: "answered"; path: string; status: number; body: string; isLast: boolean }
  /** Nobody listened any more. */
  | { kind: "refused" }
  /** Anything else: reset, hung up, or cut in the middle. */
  | { kind: "broken"; path: string; reason: string };

const isRefusal = (error: NodeJS.ErrnoException) => error.code === "ECONNREFUSED";

/**
 * Asks once.
 * @param agent false for a connection of its own
 */
export function ask(port: number, path: string, headers: http.OutgoingHttpHeaders, agent: http.Agent | false = false) {
  return new Promise<Outcome>((resolve) => {
    const broken = (reason: string) => resolve({ kind: "broken", path, reason });
    const request = http.get({ host: "127.0.0.1", port, path, headers, agent }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => {
        body += chunk;
      });
      response.on("error", (error) => broken(`in the answer: ${error.message}`));
      response.on("end", () => {
        const isLast = response.headers.connection === "close";
        const { statusCode: status = 0, complete } = response;
        if (complete) resolve({ kind: "answered", path, status, body, isLast });
        else broken("cut off in the answer");
      });
    });
    request.on("error", (error: NodeJS.ErrnoException) =>
      isRefusal(error) ? resolve({ kind: "refused" }) : broken(error.code ?? error.message),
    );
  });
}

/**
 * Asks for one path after the other until somebody refuses or breaks off.
 * @param isKept whether all go over one connection, as long as it lasts
 */
export async function askOnAndOn(
  port: number,
  paths: readonly string[],
  headers: http.OutgoingHttpHeaders,
  isKept: boolean,
): Promise<Outcome[]> {
  const agent = isKept && new http.Agent({ keepAlive: true, maxSockets: 1 });
  const outcomes: Outcome[] = [];
  for (let turn = 0; ; turn += 1) {
    const outcome = await ask(port, paths[turn % paths.length] ?? "/", headers, agent);
    outcomes.push(outcome);
    if (outcome.kind !== "answered") return outcomes;
  }
}
