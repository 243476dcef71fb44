/**
 * Works through `queue`, at most `limit` items at a time; `work` may add to the queue. Rejects with the first failure, or with the
 * signal's reason, once what was begun has ended.
 */
export async function drain<Item>(
  queue: Item[],
  limit: number,
  work: (item: Item) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  let running = 0;
  let failure: { readonly error: unknown } | undefined;
  await new Promise<void>((resolve) => {
    const advance = (): void => {
      if (signal?.aborted === true) failure ??= { error: signal.reason };
      while (failure === undefined && running < limit) {
        const item = queue.pop();
        if (item === undefined) break;
        running++;
        work(item)
          .catch((error: unknown) => {
            failure ??= { error };
          })
          .finally(() => {
            running--;
            advance();
          });
      }
      if (running === 0) resolve();
    };
    advance();
  });
  if (failure !== undefined) throw failure.error;
}
