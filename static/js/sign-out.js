/* Signing out takes what this person had not saved yet out of the browser. */
for (const form of document.querySelectorAll("[data-drafts-of]")) {
  form.addEventListener("submit", () => {
    const prefix = `draft:${form.dataset.draftsOf}:`;
    for (const key of Object.keys(localStorage)) if (key.startsWith(prefix)) localStorage.removeItem(key);
  });
}
