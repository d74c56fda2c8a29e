// What the person does before the page's modules have come is kept, and done once they are there
// (later.js). A classic script in the head, so that it runs before there is anything to click.
(() => {
  // Buttons and forms that do something by a script and nothing without; a question's answers are
  // not among them, and searching is caught up with by what the fields hold.
  const CLICKED = "button[data-call], [data-opens], [data-reveals], [data-print], [data-copy], [data-copy-text]";
  const SUBMITTED = "[data-call], [data-connect], [data-opens-backup], [data-saves-backup]";
  const kept = { form: null, submitter: null, button: null };
  const keep = (event) => {
    const { target, type } = event;
    if (type === "click") {
      kept.button = target.closest(CLICKED) ?? kept.button;
      return;
    }
    if (!target.matches(SUBMITTED)) return;
    event.preventDefault();
    Object.assign(kept, { form: target, submitter: event.submitter });
  };
  for (const type of ["click", "submit"]) document.addEventListener(type, keep);
  window.takeEarly = () => {
    for (const type of ["click", "submit"]) document.removeEventListener(type, keep);
    return kept;
  };
})();
