/** Permissions in tests: root has every permission, so what one is refused is tried as somebody else. */

/** Runs `act` as the user nobody where the tests run as root. */
export async function withoutRoot<T>(act: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return act();
  process.seteuid?.(65534);
  try {
    return await act();
  } finally {
    process.seteuid?.(0);
  }
}
