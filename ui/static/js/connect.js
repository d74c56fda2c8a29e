// Connecting: keep what was entered, if it is new, then begin the sign-in.
import { ApiError, call } from "./api.js";
import { busily, isBusy, leave, tell } from "./calls.js";
import { checkForm } from "./fields.js";

const FIELDS = ["issuer", "name", "client_id", "client_secret", "initial_access_token"];

function fieldsOf(form) {
  return FIELDS.map((name) => form.elements[name]).filter(Boolean);
}

function changed(field) {
  return field.value.trim() !== field.defaultValue;
}

// A new provider is sent with all that was entered, one that is there with what is new.
function entered(form) {
  const sent = fieldsOf(form).filter(
    (field) => field.value.trim() && (!form.dataset.connect || changed(field)),
  );
  const body = Object.fromEntries(sent.map((field) => [field.name, field.value.trim()]));
  const { dpop } = form.elements;
  if (dpop && dpop.checked !== dpop.defaultChecked) body.dpop = dpop.checked;
  const told = [...form.querySelectorAll("[data-value]")];
  const making = form.dataset.template && !form.dataset.connect;
  if (making) body.template = form.dataset.template;
  if (making || (!form.dataset.template && told.some(changed))) {
    body.values = Object.fromEntries(told.map((field) => [field.dataset.value, field.value.trim()]));
  }
  if (!form.dataset.connect && form.querySelector("[data-registers]") && !body.client_id) {
    body.register = true;
  }
  if (body.issuer && !body.issuer.includes("://")) body.issuer = `https://${body.issuer}`;
  if (body.issuer && !body.name) body.name = new URL(body.issuer).host;
  return body;
}

function wishes(form) {
  const boxes = [...form.querySelectorAll('input[name="scopes"]')];
  return boxes.filter((box) => box.checked).map((box) => box.value);
}

async function save(form) {
  const body = entered(form);
  if (!form.dataset.saves || Object.keys(body).length === 0) return form.dataset.connect;
  const [method, path] = form.dataset.saves.split(" ");
  // What is not on the page stays as it is.
  const known = method === "PUT" ? await call("GET", path) : {};
  const provider = await call(method, path, { ...known, ...body });
  return provider.id;
}

// Once a new provider is kept, trying again changes it instead of making a second one. What was
// typed meanwhile is not kept yet.
function remembering(form) {
  const kept = fieldsOf(form).filter((field) => field.type !== "password");
  const values = kept.map((field) => field.value);
  const { dpop } = form.elements;
  const bound = dpop?.checked;
  return (id) => {
    form.dataset.connect = id;
    form.dataset.saves = `PUT /v1.0/providers/${encodeURIComponent(id)}`;
    kept.forEach((field, place) => { field.defaultValue = values[place]; });
    if (dpop) dpop.defaultChecked = bound;
  };
}

// Permissions that no box stands for, as the provider spells them.
function others(form) {
  return form.elements.others?.value.trim().split(/\s+/).filter(Boolean) ?? [];
}

async function connect(form, flow) {
  const remember = remembering(form);
  const provider = await save(form);
  if (form.dataset.saves) remember(provider);
  const scopes = [...new Set([...wishes(form), ...others(form)])];
  const hint = form.elements.login_hint?.value.trim();
  const { forProfile, none } = form.dataset;
  // Asking for nothing would ask for what it had.
  if (none && !scopes.length) throw new ApiError(none);
  const body = {
    provider,
    ...(scopes.length && { scopes }),
    ...(flow && { flow }),
    ...(hint && { login_hint: hint }),
    ...(forProfile && { for_profile: forProfile }),
  };
  const signIn = await call("POST", "/v1.0/oauth/sign-ins", body);
  leave(`/sign-ins/${encodeURIComponent(signIn.id)}`);
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.dataset.connect === undefined) return;
  event.preventDefault();
  if (!checkForm(form) || isBusy(form)) return;
  for (const place of form.querySelectorAll(".form-error")) place.textContent = "";
  const buttons = form.querySelectorAll("button:not([type])");
  const flow = event.submitter?.name === "flow" ? event.submitter.value : "";
  await busily(buttons, () => connect(form, flow)).catch((error) => {
    if (error.code === "registration_failed") {
      form.querySelector("#advanced")?.setAttribute("open", "");
      reveal("#by-hand");
    }
    tell(form)(error);
  });
});

// What most people don't need is out of the way until it is asked for.
function reveal(selector) {
  const hidden = document.querySelector(selector);
  if (!hidden?.hidden) return;
  hidden.hidden = false;
  hidden.querySelector("input")?.focus();
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-reveals]");
  if (button) reveal(button.dataset.reveals);
});
