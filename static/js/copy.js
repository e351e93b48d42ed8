/* data-copy="<id>" copies the text of that element and says so. Shown only where copying is possible. */
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  const source = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    const status = document.createElement("span");
    status.className = "note";
    status.setAttribute("role", "status");
    button.after(status);
    status.textContent = "コピーしました";
    setTimeout(() => status.remove(), 4000);
  });
}
