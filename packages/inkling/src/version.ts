/** The version that model files are stamped with; `test/package.test.ts` holds it to package.json's. */
export const version = "0.1.0";
