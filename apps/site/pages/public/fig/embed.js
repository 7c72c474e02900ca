/*
 * A figure in somebody's own page, by one tag where it is to stand:
 *
 *   <script src="https://HOST/fig/embed.js" data-figure="f03-activation" data-theme="dark" data-state="digit=7"></script>
 *
 * It becomes a frame that is as high as the figure. data-theme, data-lang and data-state may be left out.
 */
(() => {
  const { currentScript: script } = document;
  if (!(script instanceof HTMLScriptElement)) return;
  const { figure = "", theme, lang, state } = script.dataset;
  const address = new URL(`./${encodeURIComponent(figure)}`, script.src);
  for (const [name, value] of Object.entries({ theme, lang, state }))
    if (value !== undefined) address.searchParams.set(name, value);
  const frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = `A live figure of Inkling: ${figure}`;
  frame.loading = "lazy";
  frame.style.cssText = "display: block; width: 100%; height: 480px; border: 0";
  script.after(frame);
  addEventListener("message", ({ source, data }) => {
    if (source === frame.contentWindow && data?.type === "inkling-height") frame.style.height = `${data.height}px`;
  });
})();
