// Forms and buttons that call the API say so in their attributes:
//   data-call="METHOD path"   data-body='{"…": …}'   data-query="names of boxes"
//   data-go="where to, {id} filled from the answer"   data-reload   data-toast="what to say"
//   data-undo='{"…": …}' the body that takes it back   data-undo-call="METHOD path" the same as a
//   call of its own   data-submits: sent at each change
import { ApiError, call } from "./api.js";
import { checkForm, complain } from "./fields.js";
import { toast } from "./toast.js";
import { fill, words } from "./words.js";

const DOOR = "/unlock";

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

function finish(element, request, answer) {
  element.closest("dialog")?.close();
  const { go, toast: text } = element.dataset;
  if (go) location.assign(fill(go, answer));
  else if ("reload" in element.dataset) location.reload();
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

// While a call is under way its button is busy, so that it is not sent twice.
export async function busily(buttons, work) {
  for (const button of buttons) button.setAttribute("aria-busy", "true");
  try {
    return await work();
  } finally {
    for (const button of buttons) button.removeAttribute("aria-busy");
  }
}

function isBusy(element) {
  return Boolean(element.closest("[aria-busy]") ?? element.querySelector("button[aria-busy]"));
}

async function run(element, form) {
  if (isBusy(element)) return;
  form?.querySelectorAll(".form-error").forEach((place) => { place.textContent = ""; });
  const request = requestOf(element);
  const buttons = form ? form.querySelectorAll("button:not([type])") : [element];
  try {
    const answer = await busily(buttons, () => call(request.method, request.path, request.body));
    finish(element, request, answer);
  } catch (error) {
    if ("submits" in element.dataset) form.reset();
    tell(form)(error);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-call]");
  if (button) run(button, null);
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.call) return;
  event.preventDefault();
  if (checkForm(form)) run(form, form);
});
document.addEventListener("change", ({ target }) => {
  const form = target.closest("form[data-submits]");
  if (form) run(form, form);
});
