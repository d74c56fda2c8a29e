// The address says what is searched for, so that a page that is rendered anew shows the same.
document.addEventListener("input", ({ target }) => {
  const form = target.closest('form[role="search"]');
  if (!form) return;
  const filled = [...new FormData(form)].filter(([, value]) => value !== "");
  const query = new URLSearchParams(filled).toString();
  history.replaceState(null, "", query ? `?${query}` : location.pathname);
});
