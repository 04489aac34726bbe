// Loaded into a measured process before everything else (`--require`, with an IPC channel): measures when it is asked.

/** What a process has used until now, and holds. */
export interface Usage {
  /** Of all its threads, in user and system mode. */
  readonly cpuMs: number;
  readonly residentMb: number;
}

process.on('message', (message) => {
  if (message !== 'usage') return;
  const { user, system } = process.cpuUsage();
  const usage: Usage = { cpuMs: (user + system) / 1000, residentMb: process.memoryUsage.rss() / 2 ** 20 };
  process.send?.({ usage });
});
// Whether it ends is the server's decision, not the channel's.
process.channel?.unref();
