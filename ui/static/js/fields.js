// Fields say what is wrong while it is typed, but never before the person had a chance:
// a complaint begins when the field is left, and goes as soon as it is right.
const LOOPBACK = /^http:\/\/(127(\.\d{1,3}){3}|localhost|\[::1\])(:\d{1,5})?(\/|$)/i;

function isAddress(text) {
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  if (/\s|\\/.test(address) || !URL.canParse(address)) return false;
  const url = new URL(address);
  if (url.username || url.password || url.hash || url.search) return false;
  return url.protocol === "https:" || LOOPBACK.test(address);
}

// A server as people write it: its name, with or without https://, or @me@its.name.
function isHost(text) {
  const name = text.slice(text.lastIndexOf("@") + 1);
  return isAddress(name) && (/\./.test(name) || LOOPBACK.test(name));
}

// An account as AT Protocol knows it: a name like a server's, or its identifier.
function isAccount(text) {
  const name = text.replace(/^@/, "");
  return /^did:[a-z]+:\S+$/.test(name) || /^([a-z0-9-]+\.)+[a-z][a-z0-9-]*$/i.test(name);
}

const checks = {
  account: isAccount,
  host: isHost,
  word: (text) => !/\s/.test(text),
  address: isAddress,
  length: (text, field) => [...text].length >= Number(field.dataset.least),
  same: (text, field) => text === document.querySelector(field.dataset.as)?.value,
};

function good(field) {
  const text = ["word", "address", "host", "account"].includes(field.dataset.check)
    ? field.value.trim() : field.value;
  if (text === "") return !field.required;
  return checks[field.dataset.check]?.(text, field) ?? true;
}

// Says whether the person changed what the page came with.
export function changed(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (!(field instanceof HTMLSelectElement)) return field.value !== field.defaultValue;
  // Where the page chose nothing, the first option is chosen.
  const before = Math.max(0, [...field.options].findIndex((each) => each.defaultSelected));
  return field.selectedIndex !== before;
}

export function complain(field, message) {
  const place = field.closest(".field")?.querySelector(".field-error");
  if (message) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
  if (place) place.textContent = message;
}

function look(field, { patient }) {
  const fine = good(field);
  if (fine || (patient && !field.hasAttribute("aria-invalid"))) {
    if (fine) complain(field, "");
    return fine;
  }
  complain(field, field.value ? field.dataset.wrong ?? "" : "");
  return false;
}

// Checks every field of a form before it is sent; the first wrong one gets the focus.
export function checkForm(form) {
  const wrong = [...form.querySelectorAll("[data-check]")].filter(
    (field) => !look(field, { patient: false }),
  );
  wrong[0]?.focus();
  return wrong.length === 0;
}

document.addEventListener("input", ({ target }) => {
  if (target.dataset?.check) look(target, { patient: true });
  else if (target.hasAttribute?.("aria-invalid")) complain(target, "");
  for (const other of document.querySelectorAll('[data-check="same"][aria-invalid]')) {
    look(other, { patient: true });
  }
});
document.addEventListener("focusout", ({ target }) => {
  if (target.dataset?.check && target.value) look(target, { patient: false });
});

// What was typed and left before this script came.
export function catchUp() {
  for (const field of document.querySelectorAll("[data-check]")) {
    const left = field !== document.activeElement && field.value && changed(field);
    if (left) look(field, { patient: false });
  }
}
