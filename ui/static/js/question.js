// One question of a program, on its own page or in a dialog. Nothing stray may answer it: its
// buttons do nothing in the first second, nor in the second after the window came to the front,
// and Enter never allows.
import { call } from "./api.js";
import { tell } from "./calls.js";
import { toast } from "./toast.js";

const QUIET = 1000; // milliseconds

const armed = new WeakSet();
const timers = new WeakMap();

export function shownQuestion() {
  const all = [...document.querySelectorAll("[data-question]:not([hidden])")];
  return all.find((each) => each.closest("dialog")) ?? all[0] ?? null;
}

function isAllowing(button) {
  return button.dataset.decision !== "deny";
}

function show(sheet) {
  const boxes = [...sheet.querySelectorAll('input[type="checkbox"][name="scopes"]')];
  const picks = [...sheet.querySelectorAll('input[name="profile_id"]')];
  const nothing = [boxes, picks].some((all) => all.length > 0 && !all.some((each) => each.checked));
  for (const button of sheet.querySelectorAll("[data-decision]")) {
    button.disabled = !armed.has(sheet) || (isAllowing(button) && nothing);
  }
}

// Makes the buttons wait a second, from now on.
export function quieten(sheet) {
  clearTimeout(timers.get(sheet));
  armed.delete(sheet);
  show(sheet);
  timers.set(sheet, setTimeout(() => { armed.add(sheet); show(sheet); }, QUIET));
}

function quietenAll() {
  document.querySelectorAll("[data-question]").forEach(quieten);
}

function chosen(sheet) {
  const fields = [...sheet.querySelectorAll('input[name="scopes"]')];
  return fields.filter((each) => each.type === "hidden" || each.checked).map((each) => each.value);
}

function bodyOf(sheet, decision) {
  const all = sheet.querySelectorAll('input[type="checkbox"][name="scopes"]');
  const narrowed = [...all].some((box) => !box.checked);
  const pick = sheet.querySelector('input[name="profile_id"]:checked');
  if (decision === "deny") return { decision };
  return {
    decision,
    ...(narrowed && { scopes: chosen(sheet) }),
    ...(pick && { profile_id: pick.value }),
  };
}

async function answer(sheet, button) {
  const { question } = sheet.dataset;
  const { decision, said } = button.dataset;
  armed.delete(sheet);
  show(sheet);
  sheet.dataset.answering = "";
  try {
    await call("POST", `/v1.0/approvals/${encodeURIComponent(question)}`, bodyOf(sheet, decision));
    sheet.dispatchEvent(new CustomEvent("answered", { bubbles: true, detail: { said } }));
  } catch (error) {
    delete sheet.dataset.answering;
    // Somebody else was faster, or the asker has gone: there is nothing to answer any more.
    if (error.status === 404 || error.status === 409) close(sheet, error.status === 409 ? "once" : "gone");
    else { quieten(sheet); tell(sheet)(error); }
  }
}

// Says that there is nothing to answer any more.
export function close(sheet, outcome) {
  const words = document.querySelector(outcome === "gone" ? "[data-gone]" : "[data-answered]");
  const dialog = sheet.closest("dialog");
  sheet.hidden = true;
  if (dialog) {
    const text = dialog.querySelector(outcome === "gone" ? "[data-gone] p" : "[data-answered] h1");
    toast(text?.textContent ?? "");
    dialog.close();
  } else if (words) {
    words.hidden = false;
    words.querySelector("h1").focus();
  }
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-decision]");
  const sheet = button?.closest("[data-question]");
  if (sheet && armed.has(sheet)) answer(sheet, button);
});
document.addEventListener("keydown", (event) => {
  const button = event.key === "Enter" && event.target.closest?.("[data-decision]");
  if (!button || !isAllowing(button)) return;
  event.preventDefault();
  button.closest("[data-question]").querySelector(".form-error").textContent = button.parentElement.dataset.noEnter;
});
document.addEventListener("change", ({ target }) => {
  const sheet = target.closest?.("[data-question]");
  if (sheet) show(sheet);
});
document.addEventListener("visibilitychange", quietenAll);
window.addEventListener("focus", quietenAll);
window.addEventListener("pageshow", quietenAll);
quietenAll();
