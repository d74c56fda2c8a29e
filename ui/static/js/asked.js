// A program asks: the question comes before the person's eyes without taking anything away from
// them. Where nothing is under way the window goes to it; where a call of theirs waits, the
// question comes in a dialog; where something is typed or open, a bar says so.
import { changed } from "./fields.js";
import { close, quieten, shownQuestion } from "./question.js";
import { toast, toastThere } from "./toast.js";

const BEFORE = "coatcheck-before"; // where the person was when the question came

function onItsPage() {
  return Boolean(document.querySelector("main [data-question]"));
}

function hasInput() {
  if (document.querySelector("dialog[open]")) return true;
  return [...document.querySelectorAll("input, textarea, select")].some(changed);
}

// None if the program is away, or the page is being left.
async function read(address) {
  try {
    const response = await fetch(address, { headers: { Accept: "text/html" } });
    if (!response.ok || response.redirected) return null;
    return new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    return null;
  }
}

let drawing = null;
let again = false;

// The bar is drawn by the server, like everything. However many ask meanwhile, it is asked for
// once more.
function showBar() {
  again = true;
  drawing ??= draw().finally(() => { drawing = null; });
  return drawing;
}

async function draw() {
  while (again) {
    again = false;
    await drawOnce();
  }
}

async function drawOnce() {
  const beside = document.querySelector("main [data-question]")?.dataset.question ?? "";
  const fresh = (await read(`/approvals?bar=yes&beside=${encodeURIComponent(beside)}`))?.getElementById("asked");
  const bar = document.getElementById("asked");
  if (fresh && bar) bar.replaceChildren(...fresh.childNodes);
}

function addressOf(id) {
  return `/approvals/${encodeURIComponent(id)}`;
}

function goTo(id) {
  if (!sessionStorage.getItem(BEFORE)) sessionStorage.setItem(BEFORE, location.href);
  location.assign(addressOf(id));
  // Who begins to type before the page has gone keeps it; the bar says that somebody asks.
  document.addEventListener("input", () => window.stop(), { once: true });
}

async function showOverPage(id) {
  const found = await read(addressOf(id));
  const parts = [...found?.querySelectorAll("[data-question], [data-gone], [data-answered]") ?? []];
  if (parts.length === 0 || shownQuestion()) return;
  const dialog = document.createElement("dialog");
  dialog.className = "dialog asking";
  dialog.setAttribute("aria-labelledby", "question-title");
  dialog.append(...parts);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  quieten(dialog.querySelector("[data-question]"));
}

function show(id) {
  if (shownQuestion()) return;
  if (document.querySelector("main [aria-busy], main[aria-busy]")) showOverPage(id);
  else if (!hasInput()) goTo(id);
}

function next() {
  return document.querySelector("#asked [data-look]")?.dataset.look ?? "";
}

async function goOn(text) {
  await showBar();
  const id = next();
  const before = sessionStorage.getItem(BEFORE) ?? "/programs";
  toastThere(text);
  if (id) location.replace(addressOf(id));
  else { sessionStorage.removeItem(BEFORE); location.replace(before); }
}

document.addEventListener("answered", async ({ target, detail }) => {
  const dialog = target.closest("dialog");
  if (!dialog) { goOn(detail.said); return; }
  dialog.close();
  toast(detail.said);
  await showBar();
  if (next()) showOverPage(next());
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-look]");
  if (!link || onItsPage()) return;
  event.preventDefault();
  if (hasInput()) showOverPage(link.dataset.look);
  else goTo(link.dataset.look);
});
document.addEventListener("news", async ({ detail: { event, data } }) => {
  const shown = shownQuestion();
  if (event === "approval_decided" && shown?.dataset.question === data.id && !("answering" in shown.dataset)) {
    close(shown, data.outcome);
  }
  if (!["approval_asked", "approval_decided", "listening"].includes(event)) return;
  const known = next();
  await showBar();
  if (event === "approval_asked") show(data.id);
  // Asked after the page was drawn and before it listened.
  else if (event === "listening" && !known && next()) show(next());
});

// Its asker may have gone after the page was drawn and before it listened.
document.addEventListener("news", async ({ detail: { event } }) => {
  const shown = shownQuestion();
  if (event !== "listening" || !shown) return;
  const found = await fetch(addressOf(shown.dataset.question), { method: "HEAD" }).catch(() => null);
  if (found?.status === 404 && shownQuestion() === shown) close(shown, "gone");
});

if (!onItsPage()) sessionStorage.removeItem(BEFORE);
