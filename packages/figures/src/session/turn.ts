/**
 * One turn of the event loop, so that messages come in. Timers that follow each other wait at least 4 milliseconds in
 * browsers; a message to oneself does not.
 */
const { port1, port2 } = new MessageChannel();
const waiting: (() => void)[] = [];
port1.onmessage = () => waiting.shift()?.();

export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    port2.postMessage(undefined);
  });
}
