// Where the window's engine falls short of what htmx calls. Runs before htmx.

// The Chromium 140 of Qt 6.12 refuses every second argument of Document.parseHTMLUnsafe ("Overload
// resolution failed"), even the empty one that htmx gives, and no page could be morphed in place.
(() => {
  const parse = Document.parseHTMLUnsafe;
  if (!parse) return;
  try {
    parse.call(Document, "", {});
  } catch {
    Document.parseHTMLUnsafe = (html) => parse.call(Document, html);
  }
})();

// What a page still asks while it is being left fails. That is no fault, and htmx is silent about
// a request that was given up.
(() => {
  const ask = window.fetch;
  let leaving = false;
  addEventListener("beforeunload", () => { leaving = true; });
  addEventListener("pageshow", () => { leaving = false; });
  window.fetch = async (...wish) => {
    try {
      return await ask(...wish);
    } catch (error) {
      throw leaving ? new DOMException("the page is left", "AbortError") : error;
    }
  };
})();
