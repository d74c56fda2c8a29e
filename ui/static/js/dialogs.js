import { complain } from "./fields.js";

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  const closer = event.target.closest("[data-closes]");
  if (closer) closer.closest("dialog")?.close();
  // A click beside the dialog is a click on its backdrop, which belongs to the dialog.
  if (event.target instanceof HTMLDialogElement) event.target.close();
});

// What was typed into a dialog that was given up, and what was wrong with it, is not there the
// next time.
document.addEventListener("close", ({ target }) => {
  if (!(target instanceof HTMLDialogElement)) return;
  target.querySelector("form")?.reset();
  for (const place of target.querySelectorAll(".form-error")) place.textContent = "";
  for (const field of target.querySelectorAll("[aria-invalid]")) complain(field, "");
}, true);
