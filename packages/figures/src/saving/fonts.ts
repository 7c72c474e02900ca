/** The page's own fonts that a picture uses, as text in it: a saved file cannot fetch them. */

/** The rules of these families, each with its file in it. Fonts of the system are found by their names. */
export async function fontFaces(families: ReadonlySet<string>): Promise<string> {
  const faces = [...document.styleSheets].flatMap((sheet) => facesIn(sheet, families));
  return (await Promise.all(faces.map(withFile))).join("");
}

function facesIn(sheet: CSSStyleSheet, families: ReadonlySet<string>): CSSFontFaceRule[] {
  try {
    return [...sheet.cssRules].filter((rule): rule is CSSFontFaceRule => {
      if (!(rule instanceof CSSFontFaceRule)) return false;
      return families.has(rule.style.getPropertyValue("font-family").replace(/["']/g, ""));
    });
  } catch {
    // The page may not read a style sheet of another host.
    return [];
  }
}

async function withFile({ style, parentStyleSheet }: CSSFontFaceRule): Promise<string> {
  const address = /url\("?([^")]+)"?\)/.exec(style.getPropertyValue("src"))?.[1];
  if (address === undefined) return "";
  try {
    const response = await fetch(new URL(address, parentStyleSheet?.href ?? document.baseURI));
    if (!response.ok) return "";
    const file = await dataAddress(await response.blob());
    const value = (name: string) => `${name}:${style.getPropertyValue(name) || "normal"};`;
    const src = `src:url(${file}) format("woff2");`;
    return `@font-face{${value("font-family")}${value("font-style")}${value("font-weight")}${src}}`;
  } catch {
    return "";
  }
}

function dataAddress(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error());
    reader.readAsDataURL(file);
  });
}
