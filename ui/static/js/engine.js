// Where the window's engine falls short of what htmx calls. Runs before htmx.
//
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
