/**
 * The part of koffi that we call. The package is koffi's own binary for x86-64 Linux (glibc and musl); the package
 * `koffi` loads it as well. Taken alone it needs no install script, and no other platform installs it.
 */
declare module "@koromix/koffi-linux-x64" {
  /** Names of C types, or types made of them. */
  type Type = string | object;
  interface Library {
    func(name: string, result: Type, parameters: readonly Type[]): (...values: unknown[]) => unknown;
  }
  const koffi: {
    readonly version: string;
    /** The symbols of a library, or of the process itself. */
    load(path: string | null): Library;
    /** A type of functions, without a name. */
    proto(result: Type, parameters: readonly Type[]): object;
    /** What stands at an address, as this type: of a type of functions, a function to call. */
    decode(address: bigint, type: object): unknown;
    /** The address of the memory below a typed array. */
    address(value: unknown): bigint;
    errno(): number;
  };
  export default koffi;
}
