// A backup is sealed first and then fetched as any file, so that the window or the browser asks
// where it goes, on every system in the same way.
import { ApiError, call } from "./api.js";
import { bodyOf, busily, isBusy, leave, tell, whileOpen } from "./calls.js";
import { checkForm } from "./fields.js";
import { fill } from "./words.js";

function save({ url, name }) {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}

async function saveBackup(form) {
  const dialog = form.closest("dialog");
  const isOpen = whileOpen(dialog);
  save(await call("POST", "/v1.0/backup/files", bodyOf(form)));
  if (isOpen()) dialog.close();
}

// As text, because everything that the API takes is JSON.
function textOf(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

async function openBackup(form) {
  const [file] = form.querySelector('input[type="file"]').files;
  if (file.size > Number(form.dataset.most)) throw new ApiError(form.dataset.tooLarge);
  const wish = { ...bodyOf(form), file: await textOf(file), preview: true };
  leave(fill(form.dataset.opensBackup, await call("POST", "/v1.0/restore", wish)));
}

function workOf(form) {
  if ("savesBackup" in form.dataset) return saveBackup;
  return "opensBackup" in form.dataset ? openBackup : null;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const work = workOf(form);
  if (!work) return;
  event.preventDefault();
  if (!checkForm(form) || isBusy(form)) return;
  form.querySelectorAll(".form-error").forEach((place) => { place.textContent = ""; });
  try {
    await busily(form.querySelectorAll("button:not([type])"), () => work(form));
  } catch (error) {
    tell(form)(error);
  }
});

document.addEventListener("change", ({ target }) => {
  const name = target.type === "file" && target.closest(".file")?.querySelector(".file-name");
  if (name && target.files.length) name.textContent = target.files[0].name;
});
