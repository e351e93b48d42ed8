/* The button beside a password shows what is typed; it appears only where this script runs. */
for (const button of document.querySelectorAll("[data-show-password]")) {
  const input = document.getElementById(button.dataset.showPassword);
  button.hidden = false;
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  });
  // A shown password must not be remembered as ordinary text.
  input.form.addEventListener("submit", () => (input.type = "password"));
}
