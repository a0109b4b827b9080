import { settings } from "@/lib/config/settings";

/** Mark and name; the frame around it makes it a link. */
export function Brand() {
  return (
    <span className="flex items-center gap-2 font-semibold tracking-tight">
      <svg viewBox="0 0 32 32" className="size-6 shrink-0" aria-hidden="true">
        <rect width="32" height="32" rx="7" className="fill-primary" />
        <path d="M8 25V14a8 8 0 0 1 16 0v11h-4.5V15a3.5 3.5 0 0 0-7 0v10z" className="fill-primary-foreground" />
      </svg>
      {settings.siteName}
    </span>
  );
}
