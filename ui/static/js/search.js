// The address says what is searched for, so that a page that is rendered anew shows the same.
import { render } from "./live.js";

const SEARCH = 'form[role="search"]';

function tellAddress(form) {
  const filled = [...new FormData(form)].filter(([, value]) => value !== "");
  const query = new URLSearchParams(filled).toString();
  history.replaceState(null, "", query ? `?${query}` : location.pathname);
}

function isChanged(field) {
  const { options } = field;
  if (!options) return field.value !== field.defaultValue;
  const first = [...options].find((option) => option.defaultSelected) ?? options[0];
  return field.value !== first?.value;
}

// What was typed or chosen before this script had come was heard by nobody.
export function catchUp() {
  for (const form of document.querySelectorAll(SEARCH)) {
    if (![...form.querySelectorAll("input, select")].some(isChanged)) continue;
    tellAddress(form);
    render();
  }
}

document.addEventListener("input", ({ target }) => {
  const form = target.closest(SEARCH);
  if (form) tellAddress(form);
});
