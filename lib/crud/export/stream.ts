import { faultOf } from "@/lib/db/client";
import { logOf } from "@/lib/log/log";

const log = logOf("export");

/**
 * The body of a response. Chunks are made as they are read, and what made them is closed when the reader leaves. A fault
 * on the way breaks the download off, so that nobody takes half a file for a whole one; it is logged.
 * @returns once the first chunk is there, so that what goes wrong until then can still be told with a status code
 * @throws whatever making the first chunk throws
 */
export async function toStream(chunks: AsyncIterable<Uint8Array>): Promise<ReadableStream<Uint8Array>> {
  const iterator = chunks[Symbol.asyncIterator]();
  let next: IteratorResult<Uint8Array> | undefined = await iterator.next();
  let isCancelled = false;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = next ?? (await iterator.next());
          next = undefined;
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          // Nobody is left to tell; a chunk that comes too late fails as well.
          if (isCancelled) return;
          log.error("broken off", { fault: faultOf(error) });
          // Not the error itself, which quotes people's data and would be logged by whoever serves the stream.
          controller.error(new Error("The export was broken off."));
        }
      },
      async cancel() {
        isCancelled = true;
        await iterator.return?.();
      },
    },
    // Nothing is made before somebody reads.
    { highWaterMark: 0 },
  );
}
