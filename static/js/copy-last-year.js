/* data-copy-from="<id>" data-copy-to="<id>": put last year's words into this year's field, as if typed. */
for (const button of document.querySelectorAll("[data-copy-from]")) {
  const source = document.getElementById(button.dataset.copyFrom);
  const target = document.getElementById(button.dataset.copyTo);
  button.hidden = false;
  button.addEventListener("click", () => {
    target.value = [...source.querySelectorAll("p")].map((paragraph) => paragraph.textContent).join("\n");
    target.dispatchEvent(new Event("input", { bubbles: true }));
    target.focus();
  });
}
