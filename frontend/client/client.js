// Tells the service that somebody has the page before their eyes; a scanner that loads it, or a page loaded ahead, does not.
(() => {
  "use strict";

  const LOOKED_MS = 2000;
  const address = document.body.dataset.seen;
  if (!address) return;
  let timer = 0;
  let told = false;

  function tell() {
    if (told) return;
    told = true;
    clearTimeout(timer);
    fetch(address, { method: "POST", keepalive: true, credentials: "omit" }).catch(() => {});
  }

  function look() {
    clearTimeout(timer);
    if (!told && document.visibilityState === "visible" && !document.prerendering) timer = setTimeout(tell, LOOKED_MS);
  }

  document.addEventListener("visibilitychange", look);
  document.addEventListener("prerenderingchange", look);
  addEventListener("beforeprint", tell);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) print();
  });
  document.querySelectorAll("[data-print]").forEach((button) => { button.hidden = false; });
  look();
})();
