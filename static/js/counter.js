/* Live 文字数: a text area with data-guide, and the element with data-count-of="<its id>". */
for (const area of document.querySelectorAll("textarea[data-guide]")) {
  const shown = document.querySelector(`[data-count-of="${area.id}"]`);
  if (!shown) continue;
  const guide = Number(area.dataset.guide);
  const count = () => {
    const length = [...area.value].length;
    shown.textContent = length;
    shown.parentElement.classList.toggle("is-over", guide > 0 && length > guide);
  };
  area.addEventListener("input", count);
  count();
}
