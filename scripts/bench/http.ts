import http from "node:http";

/** Requests on connections that stay open, and what they took. */

export type Times = {
  /** Milliseconds of each request, in order. */
  sorted: number[];
  perSecond: number;
};

export const median = ({ sorted }: Pick<Times, "sorted">): number => quantile(sorted, 0.5);

export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

export type Asking = { path: string; headers?: Record<string, string> };

/**
 * One request, read to its end.
 * @throws Error for any other status than 200
 */
export function ask(base: string, { path, headers = {} }: Asking, agent: http.Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = http.get(`${base}${path}`, { agent, headers }, (response) => {
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
      });
      response.on("end", () => {
        if (response.statusCode === 200) resolve(bytes);
        else reject(new Error(`${path} answers ${response.statusCode}`));
      });
      response.on("error", reject);
    });
    request.on("error", reject);
  });
}

/** Asks again and again for so many seconds, with so many connections at once. */
export async function load(base: string, asking: Asking, connections: number, seconds: number): Promise<Times> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const began = performance.now();
  const until = began + seconds * 1000;
  const sorted: number[] = [];
  const one = async () => {
    while (performance.now() < until) {
      const start = performance.now();
      await ask(base, asking, agent);
      sorted.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: connections }, one));
  const perSecond = sorted.length / ((performance.now() - began) / 1000);
  agent.destroy();
  return { sorted: sorted.sort((a, b) => a - b), perSecond };
}

/** Asks so many times, one after the other. */
export async function repeat(base: string, asking: Asking, times: number): Promise<Times> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const sorted: number[] = [];
  const began = performance.now();
  for (let n = 0; n < times; n += 1) {
    const start = performance.now();
    await ask(base, asking, agent);
    sorted.push(performance.now() - start);
  }
  const perSecond = times / ((performance.now() - began) / 1000);
  agent.destroy();
  return { sorted: sorted.sort((a, b) => a - b), perSecond };
}
