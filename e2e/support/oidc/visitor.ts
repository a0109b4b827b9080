/** A visitor without a browser: follows redirects and forms from the app to a provider and back, with the cookies of both. */

export type Reply = {
  status: number;
  url: string;
  location: string | null;
  text: string;
  /** Lines that set cookies, as they came. */
  setCookie: string[];
};

const ORIGIN_OF = (url: string) => new URL(url).hostname;

export type Visitor = {
  /** One request, without following anything. */
  send: (url: string, init?: { form?: Record<string, string>; headers?: Record<string, string> }) => Promise<Reply>;
  /** Follows redirects from `reply` on until there is none, or `until` says so. */
  follow: (reply: Reply, until?: (location: string) => boolean) => Promise<Reply>;
  cookies: Map<string, Map<string, string>>;
};

export function visitor(): Visitor {
  const cookies = new Map<string, Map<string, string>>();
  const jarOf = (url: string) => {
    const jar = cookies.get(ORIGIN_OF(url)) ?? new Map<string, string>();
    cookies.set(ORIGIN_OF(url), jar);
    return jar;
  };
  const keep = (url: string, lines: string[]) => {
    for (const line of lines) {
      const [pair = ""] = line.split(";");
      const [name = "", ...value] = pair.split("=");
      const isGone = /max-age=0|expires=thu, 01 jan 1970/i.test(line);
      if (isGone) jarOf(url).delete(name);
      else jarOf(url).set(name, value.join("="));
    }
  };
  const send: Visitor["send"] = async (url, { form, headers = {} } = {}) => {
    const cookie = [...jarOf(url)].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, {
      method: form ? "POST" : "GET",
      headers: { cookie, connection: "close", origin: new URL(url).origin, "accept-language": "en", ...headers },
      redirect: "manual",
      ...(form && { body: new URLSearchParams(form) }),
    });
    keep(url, response.headers.getSetCookie());
    const location = response.headers.get("location");
    return {
      status: response.status,
      url,
      location: location && new URL(location, url).href,
      text: await response.text(),
      setCookie: response.headers.getSetCookie(),
    };
  };
  const follow: Visitor["follow"] = async (reply, until = () => false) => {
    let last = reply;
    while (last.location && !until(last.location)) last = await send(last.location);
    return last;
  };
  return { send, follow, cookies };
}

/**
 * Begins a sign-in in the app by a profile.
 * @returns the login form of the provider
 */
export async function goToProvider(who: Visitor, app: string, profile: string, next = "/"): Promise<Reply> {
  return who.follow(await who.send(`${app}/login/${profile}`, { form: { next } }));
}

/**
 * Logs in at the provider.
 * @returns the redirect back to the app, not followed yet
 */
export async function logInThere(who: Visitor, loginForm: Reply, login: string): Promise<Reply> {
  const action = /action="([^"]+)"/.exec(loginForm.text)?.[1];
  if (!action || !loginForm.text.includes('name="login"'))
    throw new Error(`No login form of a provider at ${loginForm.url}: ${loginForm.text.slice(0, 200)}`);
  const form = { prompt: "login", login, password: "any" };
  const answer = await who.send(new URL(action, loginForm.url).href, { form });
  return who.follow(answer, (location) => location.includes("/api/auth/callback/"));
}

/** A whole sign-in; what the app answers in the end. */
export async function signInBy(who: Visitor, app: string, profile: string, login: string, next = "/"): Promise<Reply> {
  const back = await logInThere(who, await goToProvider(who, app, profile, next), login);
  return who.follow(back);
}
