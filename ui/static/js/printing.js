// The built-in printing service borrows the photos, and the sheet shows under the button.
import { call } from "./api.js";
import { busily, tell } from "./calls.js";

async function print(button) {
  const body = { profile_id: button.dataset.print };
  const sheet = await call("POST", "/v1.0/demo/print", body);
  const figure = document.getElementById("sheet");
  const image = figure.querySelector("img");
  image.src = `/v1.0/demo/sheet/${encodeURIComponent(sheet.id)}`;
  // Shown once it has its size: the whole sheet comes into view, and nothing moves afterwards.
  await image.decode();
  figure.hidden = false;
  figure.scrollIntoView({ block: "nearest" });
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-print]");
  if (!button || button.hasAttribute("aria-busy")) return;
  await busily([button], () => print(button)).catch(tell(null));
});
