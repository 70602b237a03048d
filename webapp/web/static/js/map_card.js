/* The card of the tapped cell: a piece of page from the server, beside the map, or over the foot of a phone's screen. */

export function cardLoader(box) {
  const panel = document.querySelector("[data-map-card='" + box.id + "']");
  let turn = 0;
  const apologise = (id) => {
    panel.textContent = box.dataset.cardFailed + " ";
    if (!box.dataset.page) return;
    const link = document.createElement("a");
    link.href = box.dataset.page.replace("{id}", id);
    link.textContent = box.dataset.open;
    panel.appendChild(link);
  };
  return (id) => {
    if (!panel || !box.dataset.card) return;
    const mine = turn += 1;
    panel.classList.add("is-open", "is-loading");
    fetch(box.dataset.card.replace("{id}", id), { credentials: "same-origin" }).then((answer) => {
      if (!answer.ok || answer.redirected) throw new Error("card " + answer.status);
      return answer.text();
    }).then((html) => { if (mine === turn) panel.innerHTML = html; }, () => { if (mine === turn) apologise(id); }).then(() => {
      if (mine !== turn) return;
      panel.classList.remove("is-loading");
      panel.focus({ preventScroll: true });
      // On a phone the card lies over the foot of the screen: the map moves to the top, so that both are seen.
      if (getComputedStyle(panel).position === "fixed") box.scrollIntoView();
      else panel.scrollIntoView({ block: "nearest" });
    });
  };
}
