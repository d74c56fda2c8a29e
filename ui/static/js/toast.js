import { words } from "./words.js";

const SECONDS = 6;
const SECONDS_TO_UNDO = 12;
const SAID = "coatcheck-said"; // what the next page says first

function button(label, act) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "button quiet";
  element.textContent = label;
  element.addEventListener("click", act);
  return element;
}

// Says that something is done; with `undo`, offers to take it back for a while.
export function toast(text, { undo, danger = false } = {}) {
  const place = document.getElementById("toasts");
  if (!place || !text) return;
  const element = document.createElement("div");
  element.className = danger ? "toast danger" : "toast";
  if (danger) element.setAttribute("role", "alert");
  const line = document.createElement("p");
  line.textContent = text;
  element.append(line);
  const close = () => element.remove();
  if (undo) element.append(button(words.undo, () => { close(); undo(); }));
  else if (danger) element.append(button(words.close, close));
  place.replaceChildren(element);
  if (!danger) setTimeout(close, 1000 * (undo ? SECONDS_TO_UNDO : SECONDS));
}

// For a page that is about to be left: the next one says it.
export function toastThere(text) {
  sessionStorage.setItem(SAID, text);
}

const said = sessionStorage.getItem(SAID);
if (said) {
  sessionStorage.removeItem(SAID);
  toast(said);
}
