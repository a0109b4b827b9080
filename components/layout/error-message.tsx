import { Button } from "@/components/ui/button";

export type ErrorTexts = { title: string; text: string; retry: string };

export function ErrorMessage({ texts, retry }: { texts: ErrorTexts; retry: () => void }) {
  return (
    <main className="mx-auto max-w-md px-4 py-24 text-center">
      <h1 className="text-2xl font-semibold tracking-tight">{texts.title}</h1>
      <p className="mt-3 text-muted-foreground">{texts.text}</p>
      <div className="mt-6">
        <Button onClick={retry}>{texts.retry}</Button>
      </div>
    </main>
  );
}
