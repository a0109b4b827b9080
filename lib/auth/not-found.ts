import { notFound } from "next/navigation";
import { NotFound } from "@/lib/errors";

/** The result of a verb, or the 404 page where it throws NotFound. */
export async function orNotFound<T>(result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof NotFound) notFound();
    throw error;
  }
}
