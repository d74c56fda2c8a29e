// Every sentence that a script shows is written in the page, in the person's language.
export const words = document.getElementById("words")?.dataset ?? {};

// "{message}" and the like are filled from an answer; what is missing stays empty.
export function fill(text, values = {}) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values?.[name] ?? "");
}
