/** Which files below app/ Next.js serves, and where. */

export const isPage = (file: string): boolean => /^app\/(.+\/)?page\.[jt]sx?$/.test(file);
export const isRoute = (file: string): boolean => /^app\/(.+\/)?route\.[jt]sx?$/.test(file);

/** The path under which Next.js serves a page or a handler; groups and slots are no part of it. */
export function servedPath(file: string): string {
  const segments = file.split("/").slice(1, -1);
  return `/${segments.filter((segment) => !/^\(.*\)$|^@/.test(segment)).join("/")}`;
}
