/**
 * The few globals that Node, Deno, Bun and browsers share and that the library uses. The library is compiled
 * without the types of any platform, so whatever is not named here cannot slip in.
 */
declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(encoding: "utf-8", options: { fatal: true; ignoreBOM: true });
  decode(bytes: Uint8Array): string;
}
declare var crypto: {
  readonly subtle?: { digest(algorithm: "SHA-256", bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> };
};
declare function setTimeout(callback: () => void, milliseconds: number): unknown;
declare function atob(text: string): string;
declare function btoa(binary: string): string;
declare const performance: { now(): number };
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>);
  }
  class Memory {
    constructor(descriptor: { initial: number; maximum: number; shared: true });
    readonly buffer: SharedArrayBuffer;
    grow(pages: number): number;
  }
  class Instance {
    constructor(
      module: Module,
      imports: {
        env: {
          memory: Memory;
          sleep: (address: number, expected: number) => void;
          foreign: (operation: number, tile: number) => void;
        };
      },
    );
    readonly exports: unknown;
  }
}
