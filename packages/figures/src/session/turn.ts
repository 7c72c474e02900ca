/**
 * One turn of the event loop, so that messages come in. Timers that follow each other wait at least 4 milliseconds in
 * browsers; a message to oneself does not.
 */
const waiting: (() => void)[] = [];
/** Made when it is needed: where the site is built, an open channel would keep Node from ending. */
let channel: MessageChannel | undefined;

export function nextTurn(): Promise<void> {
  if (channel === undefined) {
    channel = new MessageChannel();
    channel.port1.onmessage = () => waiting.shift()?.();
  }
  const { port2 } = channel;
  return new Promise((resolve) => {
    waiting.push(resolve);
    port2.postMessage(undefined);
  });
}
