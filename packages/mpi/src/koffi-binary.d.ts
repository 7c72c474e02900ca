/**
 * The part of koffi that we call. The package is koffi's own binary for x86-64 Linux (glibc and musl); the package
 * `koffi` loads it as well. Taken alone it needs no install script, and no other platform installs it.
 */
declare module "@koromix/koffi-linux-x64" {
  interface Library {
    /** A function of the library, by the names of the C types that it returns and takes. */
    func(name: string, result: string, parameters: readonly string[]): (...values: unknown[]) => unknown;
    /** The address of a variable. */
    symbol(name: string, type: "void"): bigint;
  }
  const koffi: {
    readonly version: string;
    /** Opens a library by its path, or by its name where the system looks for libraries. Throws if it cannot. */
    load(path: string): Library;
  };
  export default koffi;
}
