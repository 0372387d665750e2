// The little of Node that the tests use; its own types are no dependency of ours.
declare module "node:test" {
  export function test(name: string, doing: () => void | Promise<void>): void;
  export function after(doing: () => void): void;
}
declare module "node:assert/strict" {
  interface Assert {
    (value: unknown, message?: string): asserts value;
    equal(actual: unknown, expected: unknown, message?: string): void;
    deepEqual(actual: unknown, expected: unknown, message?: string): void;
    notEqual(actual: unknown, expected: unknown, message?: string): void;
    match(actual: string, expected: RegExp, message?: string): void;
  }
  const assert: Assert;
  export default assert;
}
declare module "node:child_process" {
  export function execFileSync(file: string, args: readonly string[]): unknown;
  export function spawn(
    file: string,
    args: readonly string[],
    options: { cwd: string; stdio: readonly ["ignore", "inherit", "inherit"] },
  ): { kill(): void; unref(): void };
}
declare module "node:fs" {
  export function mkdtempSync(prefix: string): string;
  export function openSync(path: string, flags: string): number;
  export function closeSync(file: number): void;
  export function readSync(file: number, buffer: Uint8Array): number;
  export function writeSync(file: number, text: string): number;
  export function rmSync(path: string, options: { recursive: boolean }): void;
}
declare const process: { env: Record<string, string | undefined>; cwd(): string };
declare function setImmediate(doing: () => void): unknown;
