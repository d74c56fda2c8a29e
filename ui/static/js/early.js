// What the person does before the page's modules have come is kept, and done once they are there
// (later.js). A classic script in the head, so that it runs before there is anything to click.
(() => {
  const kept = { form: null, submitter: null, button: null };
  const keep = (event) => {
    const { target, type } = event;
    if (type === "click") {
      kept.button = target.closest("button[data-call], [data-opens]") ?? kept.button;
      return;
    }
    if (target.dataset.call === undefined && target.dataset.connect === undefined) return;
    event.preventDefault();
    Object.assign(kept, { form: target, submitter: event.submitter });
  };
  for (const type of ["click", "submit"]) document.addEventListener(type, keep);
  window.takeEarly = () => {
    for (const type of ["click", "submit"]) document.removeEventListener(type, keep);
    return kept;
  };
})();
