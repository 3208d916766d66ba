// The only script that is not deferred: what somebody does before the others run is kept here, and done once they do.
// Without it a form would leave by itself, to the frame's own address, and a button would do nothing.
(() => {
  "use strict";

  const ACTS = "[hx-get], [hx-post], [data-dialog], [data-navigate], [data-insert]";
  const kept = new Map();
  let ready = false;

  function keep(event, subject) {
    event.preventDefault();
    event.stopImmediatePropagation();
    kept.set(subject, event.type === "submit" ? () => subject.requestSubmit(event.submitter) : () => press(subject));
  }

  // An event that no element answers by itself: the fold or box below it has opened already.
  function press(subject) {
    subject.dispatchEvent(new CustomEvent("click", { bubbles: true, cancelable: true }));
  }

  function heard(event) {
    if (ready || !event.isTrusted) return;
    if (event.type === "submit") return keep(event, event.target);
    const subject = event.target.closest(ACTS);
    if (!subject || subject.matches("form")) return;
    if (subject.matches("summary")) kept.set(subject, () => press(subject));
    else if (subject.matches("button[type=button], a")) keep(event, subject);
  }

  function changed(event) {
    if (ready || !event.isTrusted || !event.target.closest("[hx-trigger*=change], [hx-trigger*=input]")) return;
    kept.set(event.target, () => event.target.dispatchEvent(new Event(event.type, { bubbles: true })));
  }

  addEventListener("submit", heard, true);
  addEventListener("click", heard, true);
  addEventListener("change", changed, true);

  // Deferred scripts have run by then, and those that wait for the same event go first.
  addEventListener("DOMContentLoaded", () => {
    setTimeout(() => {
      ready = true;
      for (const [subject, act] of kept) if (subject.isConnected) act();
      kept.clear();
    });
  });
})();
