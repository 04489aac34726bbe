import type { ChildProcess } from 'node:child_process';

/**
 * Asks a host process that has a probe inside. The host tells of each call on the same channel: the answer is the message that has the
 * question's name. It never comes from a process that has ended.
 */
export function ask<Answer>(child: ChildProcess, question: string): Promise<Answer> {
  const answered = new Promise<Answer>((resolve) => {
    const hear = (message: Readonly<Record<string, Answer | undefined>>) => {
      const answer = message[question];
      if (answer === undefined) return;
      child.off('message', hear);
      resolve(answer);
    };
    child.on('message', hear);
  });
  child.send(question);
  return answered;
}
