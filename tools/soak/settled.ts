import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';

/**
 * Resolves when nothing that was sent to the emulator before can change an object any more, provided that its senders have given up
 * or been answered: what lies in its sockets by now is read before connections that come later are answered.
 */
export async function settled(graphUrl: string): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    const headers = { 'client-request-id': randomUUID() };
    const [answer] = (await once(get(`${graphUrl}/settled`, { agent: false, headers }), 'response')) as [
      IncomingMessage,
    ];
    await once(answer.resume(), 'end');
  }
}
