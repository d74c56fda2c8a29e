// Every change is pushed; a page that shows the thing is rendered anew and morphed in place,
// so that focus, scrolling and open details stay.
import { toast } from "./toast.js";
import { words } from "./words.js";

const FIRST_WAIT = 250; // milliseconds, doubled with each failure
const LONGEST_WAIT = 8000;
// A moment without the program is no news; this many milliseconds between two tries are.
const NEWS = 2000;

let wait = FIRST_WAIT;
let rendering = false;
let wanted = false;
let leaving = false;

function page() {
  return document.getElementById("content");
}

function concerns(event, data) {
  const { live = "", liveId } = page()?.dataset ?? {};
  if (!live.split(" ").includes(event)) return false;
  return !liveId || [data.id, data.profile_id].includes(liveId);
}

function askedSomething() {
  return Boolean(document.querySelector("dialog[open]"));
}

export async function render() {
  wanted = true;
  if (rendering || askedSomething()) return;
  rendering = true;
  try {
    while (wanted) {
      wanted = false;
      await renderOnce();
    }
  } finally {
    rendering = false;
  }
}

// Null if the program is away, which the socket's end tells, or the page is being left; also if the
// answer breaks off in the middle.
async function asked() {
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    return { response, text: await response.text() };
  } catch {
    return null;
  }
}

// The answer is about the address that was asked for: if the person has searched for something
// else meanwhile, it shows what they no longer want.
async function renderOnce() {
  const { href } = location;
  const answer = await asked();
  if (!answer) return;
  const { response, text } = answer;
  if (response.redirected) {
    location.replace(response.url);
    return;
  }
  const gone = page().dataset.gone;
  if (response.status === 404 && gone) location.replace(gone);
  if (!response.ok) return;
  if (location.href !== href) {
    wanted = true;
    return;
  }
  await window.htmx.swap({ text, target: page(), select: "#content", swap: "outerMorph", sourceElement: page() });
}

// A sign-in that goes on has its answer: what a dialog asks for is not needed any more.
function dismiss(event, { step, status }) {
  if (event !== "sign_in" || (status === "pending" && step !== "checking")) return;
  document.querySelector("dialog[open]:not(.asking)")?.close();
}

// Other scripts listen for "news" on the document.
function tellOthers(event, data) {
  document.dispatchEvent(new CustomEvent("news", { detail: { event, data } }));
}

// A page that is being left listens no more: its session may be over, and be refused.
function leave(address) {
  leaving = true;
  location.assign(address);
}

function hear({ event, data }) {
  tellOthers(event, data);
  if (event === "locked") leave("/unlock");
  if (event === "missed") render();
  if (!concerns(event, data)) return;
  dismiss(event, data);
  const { gone } = page().dataset;
  if (gone && event === "profile_removed") location.replace(gone);
  else render();
}

// A socket closes when the program ends, and is refused when the session is too old, as after a
// day asleep: what is on the page must not stay then.
async function askWhy({ aloud }) {
  try {
    const response = await fetch(location.href, { method: "HEAD" });
    if (response.redirected) location.replace(response.url);
  } catch {
    if (aloud) toast(words.away, { danger: true });
  }
}

// The first time, the program is told how much had happened when it made this page: what happens
// before the socket is open would never be heard of.
function openSocket() {
  const heard = document.querySelector('meta[name="heard"]');
  const after = heard ? `?after=${heard.content}` : "";
  heard?.remove();
  return new WebSocket(`ws://${location.host}/v1.0/events${after}`);
}

function listen() {
  if (leaving) return;
  const socket = openSocket();
  socket.addEventListener("open", () => {
    // What changed while nobody listened is only seen by looking again.
    if (wait !== FIRST_WAIT) render();
    tellOthers("listening", {});
    if (wait > NEWS) document.getElementById("toasts")?.replaceChildren();
    wait = FIRST_WAIT;
    document.documentElement.dataset.listening = "";
  });
  socket.addEventListener("message", (message) => hear(JSON.parse(message.data)));
  socket.addEventListener("close", () => {
    setTimeout(listen, wait);
    askWhy({ aloud: wait === NEWS });
    wait = Math.min(2 * wait, LONGEST_WAIT);
    delete document.documentElement.dataset.listening;
  });
}

function showNetwork() {
  const banner = document.getElementById("offline");
  if (banner) banner.hidden = navigator.onLine;
}

function listenAtTheDoor(door) {
  const socket = openSocket();
  socket.addEventListener("message", (message) => {
    const { event } = JSON.parse(message.data);
    if (event === "missed") location.reload();
    if (event === "unlocked") location.assign(door.dataset.unlocked);
  });
}

document.addEventListener("close", ({ target }) => {
  if (target instanceof HTMLDialogElement && wanted) render();
}, true);
document.addEventListener("htmx:after:swap", showNetwork);
window.addEventListener("online", showNetwork);
window.addEventListener("offline", showNetwork);

const door = document.querySelector("[data-unlocked]");
if (door) listenAtTheDoor(door);
else listen();
showNetwork();
