/** The colours of the app (app/globals.css) as mail readers understand them; each text reaches 4.5:1 on its ground. */
export const light = {
  page: "#f3f6f8",
  card: "#fcfdfe",
  border: "#dbe2e8",
  text: "#1d2731",
  muted: "#55626f",
  accent: "#17688f",
  onAccent: "#f5fafd",
};

const dark: typeof light = {
  page: "#13181e",
  card: "#1b222a",
  border: "#333e49",
  text: "#e4eaf0",
  muted: "#a5b1bd",
  accent: "#7dc0e4",
  onAccent: "#0d2230",
};

export const font =
  "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Noto Sans', 'Liberation Sans', sans-serif";

/** Inline styles win otherwise. Readers that know no such query show the light colours, or turn them by themselves. */
export const darkColors = `
@media (prefers-color-scheme: dark) {
  .page { background-color: ${dark.page} !important; }
  .card { background-color: ${dark.card} !important; border-color: ${dark.border} !important; }
  .text { color: ${dark.text} !important; }
  .muted { color: ${dark.muted} !important; }
  .accent { color: ${dark.accent} !important; }
  .button { background-color: ${dark.accent} !important; color: ${dark.onAccent} !important; }
}`;
