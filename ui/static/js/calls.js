// Forms and buttons that call the API say so in their attributes:
//   data-call="METHOD path"   data-body='{"…": …}'   data-query="names of boxes"
//   data-go="where to, {id} filled from the answer"   data-reload   data-toast="what to say"
//   data-undo='{"…": …}' the body that takes it back   data-undo-call="METHOD path" the same as a
//   call of its own   data-submits: sent at each change
import { ApiError, call } from "./api.js";
import { changed, checkForm, complain } from "./fields.js";
import { toast, toastThere } from "./toast.js";
import { fill, words } from "./words.js";

const DOOR = "/unlock";

// From the moment that a page is left until it has gone, no button does anything on it: a second
// click on a slow machine would begin the same once more. Says how it is left, if it is.
let leaving = "";

function valueOf(field) {
  if (field.type === "checkbox") return field.checked;
  return field.dataset.type === "number" ? Number(field.value) : field.value;
}

function queryOf(element) {
  return element.dataset.query?.split(" ") ?? [];
}

export function bodyOf(form) {
  const body = JSON.parse(form.dataset.body ?? "{}");
  for (const field of form.elements) {
    const skipped = !field.name || field.disabled || (field.type === "radio" && !field.checked);
    if (!skipped && !queryOf(form).includes(field.name)) body[field.name] = valueOf(field);
  }
  return body;
}

function requestOf(element) {
  let [method, path] = element.dataset.call.split(" ");
  const ticked = queryOf(element).filter((name) => element.elements?.[name]?.checked);
  if (ticked.length) path += `?${ticked.map((name) => `${name}=true`).join("&")}`;
  if (method === "DELETE") return { method, path };
  const isForm = element instanceof HTMLFormElement;
  const body = isForm ? bodyOf(element) : JSON.parse(element.dataset.body ?? "{}");
  return { method, path, body };
}

function undoOf(element, { method, path }) {
  const { undo, undoCall } = element.dataset;
  if (!undo && !undoCall) return undefined;
  const request = undoCall ? [...undoCall.split(" "), {}] : [method, path, JSON.parse(undo)];
  return () => call(...request).then(() => toast(words.undone), tell(null));
}

export function leave(address) {
  leaving = "go";
  location.assign(address);
}

function loadAnew() {
  leaving = "anew";
  location.reload();
}

function finish(element, request, answer) {
  const { go, toast: text } = element.dataset;
  if (go) {
    if (text) toastThere(fill(text, answer));
    leave(fill(go, answer));
    return;
  }
  if ("reload" in element.dataset && !("submits" in element.dataset)) loadAnew();
  if (text) toast(fill(text, answer), { undo: undoOf(element, request) });
}

// Puts an error where the person looks: beside its field, in its form, or as a toast.
export function tell(form) {
  return (error) => {
    if (!(error instanceof ApiError)) throw error;
    // The session is too old; the page itself leads to where the person can come in.
    if (error.status === 401) {
      location.reload();
      return;
    }
    if (error.status === 423 && location.pathname !== DOOR) {
      location.assign(DOOR);
      return;
    }
    const named = form && error.field && form.elements[error.field];
    const field = named instanceof Element ? named : null;
    const place = form?.querySelector(".form-error");
    if (field?.closest(".field")) { complain(field, error.message); field.focus(); }
    else if (place) place.textContent = error.message;
    else toast(error.message, { danger: true });
  };
}

// While a call is under way its button is busy, so that it is not sent twice; also if the page is
// drawn anew meanwhile, which takes off every attribute that the server does not know.
const busy = new Set();

function markBusy() {
  for (const button of busy) button.setAttribute("aria-busy", "true");
}

export async function busily(buttons, work) {
  for (const button of buttons) busy.add(button);
  markBusy();
  try {
    return await work();
  } finally {
    for (const button of buttons) {
      busy.delete(button);
      button.removeAttribute("aria-busy");
    }
  }
}

export function isBusy(element) {
  if (leaving) return true;
  return Boolean(element.closest("[aria-busy]") ?? element.querySelector("button[aria-busy]"));
}

// What was sent is what the page came with, from now on.
function settle(form, sent) {
  for (const field of form.elements) {
    if (field.name in sent) settleOne(field, sent[field.name]);
  }
}

function settleOne(field, value) {
  if (field.type === "radio") field.defaultChecked = field.value === value;
  else if (field.type === "checkbox") field.defaultChecked = value;
  else if (!field.options) field.defaultValue = value;
  else for (const option of field.options) option.defaultSelected = option.value === String(value);
}

// Says whether a dialog is still the one that was open when this was asked. What the person gave
// up and opened again is not to be closed by the answer to what they sent before.
export function whileOpen(dialog) {
  const given = { up: !dialog?.open };
  dialog?.addEventListener("close", () => { given.up = true; }, { once: true });
  return () => !given.up;
}

async function run(element, form) {
  form?.querySelectorAll(".form-error").forEach((place) => { place.textContent = ""; });
  const request = requestOf(element);
  const buttons = form ? form.querySelectorAll("button:not([type])") : [element];
  const dialog = element.closest("dialog");
  const isOpen = whileOpen(dialog);
  try {
    const answer = await busily(buttons, () => call(request.method, request.path, request.body));
    if (isOpen()) dialog.close();
    else if (form && !dialog) settle(form, request.body ?? {});
    finish(element, request, answer);
    return true;
  } catch (error) {
    if ("submits" in element.dataset && !said.has(form)) form.reset();
    tell(dialog && !isOpen() ? null : form)(error);
    return false;
  }
}

// What is sent at each change goes one after the other, so that the last word holds; the page is
// loaded anew when all of it is said.
const said = new Set();
let sending = false;

async function sendChanges(form) {
  said.add(form);
  if (sending) return;
  sending = true;
  let stale = leaving === "anew";
  try {
    for (const each of said) {
      said.delete(each);
      const done = await run(each, each);
      stale ||= done && "reload" in each.dataset;
    }
  } finally {
    sending = false;
  }
  if (stale && leaving !== "go") loadAnew();
}

// What was changed before this script came.
export function catchUp() {
  for (const form of document.querySelectorAll("form[data-submits]")) {
    if ([...form.elements].some(changed)) sendChanges(form);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-call]");
  if (button && !isBusy(button)) run(button, null);
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.call) return;
  event.preventDefault();
  if (checkForm(form) && !isBusy(form)) run(form, form);
});
document.addEventListener("change", ({ target }) => {
  const form = target.closest("form[data-submits]");
  if (form) sendChanges(form);
});
document.addEventListener("htmx:after:swap", markBusy);
// The person came back to a page that the engine had kept.
window.addEventListener("pageshow", ({ persisted }) => { if (persisted) leaving = ""; });
