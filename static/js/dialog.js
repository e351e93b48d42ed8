/* <a href="#confirm" data-dialog> opens <dialog id="confirm"> as a modal; data-close inside closes it.
   Without this script the same link shows the dialog in place (:target). */
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    event.preventDefault();
    document.querySelector(opener.hash).showModal();
  }
  const closer = event.target.closest("[data-close]");
  if (closer) {
    event.preventDefault();
    closer.closest("dialog").close();
  }
});
