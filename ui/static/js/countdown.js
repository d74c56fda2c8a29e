// How long a code is still good, second by second; the page itself says until when.

function left(endsAt) {
  const seconds = Math.max(0, Math.floor(endsAt - Date.now() / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

setInterval(() => {
  for (const place of document.querySelectorAll("[data-countdown]")) {
    place.textContent = left(Number(place.dataset.countdown));
  }
}, 1000);
