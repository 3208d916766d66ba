// The bar that belongs to no Jira: time machine, person, theme, reset, and the strip that leads through the main job.
(() => {
  "use strict";

  const PULSE_MS = 2000;
  const EAGER_MS = 500;
  const MOST_LEAPS = 8;
  const by = (id) => document.getElementById(id);
  const status = by("catching-up");
  const timeZone = JSON.parse(by("state").textContent).person?.time_zone;
  let last = null;

  function say(text, busy = false) {
    status.textContent = text;
    status.classList.toggle("busy", busy);
  }

  function post(address, body = {}) {
    return fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Pretend": "1" },
      body: JSON.stringify(body),
    });
  }

  function shownDay(instant) {
    const shape = { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone };
    return new Intl.DateTimeFormat("en-GB", shape).format(new Date(instant));
  }

  function showDay(instant) {
    by("today").textContent = shownDay(instant);
    by("today").dateTime = instant;
  }

  async function pulse() {
    const response = await fetch("/_host/pulse");
    if (!response.ok) throw new Error(String(response.status));
    const now = await response.json();
    showDay(now.now);
    by("mail-count").textContent = now.mail_count;
    by("mail-count").setAttribute("aria-label", `${now.mail_count} mails`);
    const changed = last && (now.mail_count !== last.mail_count || now.comments !== last.comments || now.changes !== last.changes);
    last = now;
    if (changed) document.dispatchEvent(new CustomEvent("worldchanged"));
    return now;
  }

  const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

  async function watch() {
    for (;;) {
      if (!document.hidden) await pulse().catch(() => {});
      await pause(PULSE_MS);
    }
  }

  function lock(locked) {
    document.querySelectorAll(".world button, .world select").forEach((each) => {
      each.disabled = locked;
    });
  }

  // Moves the clock day by day; the sandbox waits at each day until the app has nothing left to do.
  async function travel(move) {
    lock(true);
    say("Catching up …", true);
    let travelling = true;
    const mailsBefore = (await pulse().catch(() => last))?.mail_count ?? 0;
    (async () => {
      while (travelling) {
        const now = await pulse().catch(() => null);
        if (now && travelling) say(`Catching up: ${shownDay(now.now)} …`, true);
        await pause(EAGER_MS);
      }
    })();
    const answer = await move();
    travelling = false;
    const mails = ((await pulse().catch(() => last))?.mail_count ?? 0) - mailsBefore;
    sessionStorage.setItem("arrived", arrival(answer, mails));
    location.reload();
  }

  async function leap(address, body) {
    const response = await post(address, body).catch(() => null);
    return response?.ok ? response.json() : null;
  }

  const walk = (days) => travel(() => leap("/_control/clock/walk", { days }));

  // What is due next may turn out to wait for something (a send window, a dispute): then on to the one after it, until
  // a mail or a comment shows that something happened.
  const toNextFollowUp = () =>
    travel(async () => {
      const before = last;
      let answer = null;
      for (let count = 0; count < MOST_LEAPS; count += 1) {
        answer = await leap("/_control/clock/next");
        const now = await pulse().catch(() => null);
        if (!answer || answer.message || !now || now.mail_count !== before.mail_count || now.comments !== before.comments) break;
      }
      return answer;
    });

  function arrival(answer, mails) {
    if (!answer) return "The clock could not be moved.";
    if (answer.message) return answer.message;
    const sent = mails === 0 ? "no mail was sent" : mails === 1 ? "1 mail was sent" : `${mails} mails were sent`;
    return `Caught up: ${sent}.`;
  }

  async function reset() {
    if (!window.confirm("Put the pretend world back to its beginning? What you did in it is lost.")) return;
    lock(true);
    say("Restoring the world …", true);
    await post("/_control/reset");
    await untilReady();
    await fetch("/_host/calls", { method: "DELETE" });
    localStorage.removeItem("guide");
    location.assign("/");
  }

  async function untilReady() {
    for (;;) {
      const now = await pulse().catch(() => null);
      if (now?.ready) return;
      await pause(EAGER_MS);
    }
  }

  // -- the guide

  function element(tag, properties = {}, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  function icon(name) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `#i-${name}`);
    svg.append(use);
    return svg;
  }

  function action(step) {
    if (step.changed) return element("a", { href: step.changed.href, textContent: step.changed.text });
    if (step.href !== "#next") return element("a", { href: step.href, textContent: step.link });
    const run = element("button", { type: "button", className: "link", textContent: step.link });
    run.addEventListener("click", toNextFollowUp);
    return run;
  }

  function stepItem(step, current) {
    const mark = element("span", { className: "mark" }, step.done ? icon("check-circle") : String(step.number));
    const title = element("strong", {}, step.title);
    if (step.done) title.append(element("span", { className: "visually-hidden", textContent: " (done)" }));
    const item = element("li", { className: step.done ? "done" : "" }, mark, element("div", {}, title, element("p", { textContent: step.text }), action(step)));
    if (current) item.setAttribute("aria-current", "step");
    return item;
  }

  async function showGuide() {
    const away = localStorage.getItem("guide") === "away";
    by("show-guide").hidden = !away;
    by("guide").hidden = away;
    if (away) return;
    const response = await fetch("/_host/guide");
    if (!response.ok) {
      by("guide").hidden = true;
      return;
    }
    const { steps } = await response.json();
    const current = steps.find((step) => !step.done);
    const close = element("button", { type: "button", className: "icon-button", title: "Put the guide away" }, icon("close"));
    close.setAttribute("aria-label", "Put the guide away");
    close.addEventListener("click", () => keepGuide("away"));
    by("guide").replaceChildren(element("ol", {}, ...steps.map((step) => stepItem(step, step === current))), close);
  }

  function keepGuide(state) {
    localStorage.setItem("guide", state);
    showGuide();
  }

  // -- theme and person

  function showTheme() {
    const dark = document.documentElement.dataset.colorMode === "dark";
    by("theme").setAttribute("aria-pressed", String(dark));
  }

  by("theme").addEventListener("click", () => {
    const theme = document.documentElement.dataset.colorMode === "dark" ? "light" : "dark";
    localStorage.setItem("theme", theme);
    document.documentElement.dataset.colorMode = theme;
    showTheme();
  });

  async function become(accountId) {
    await post("/_host/person", { account_id: accountId });
    location.reload();
  }

  by("person").addEventListener("change", ({ target }) => become(target.value));
  by("reset").addEventListener("click", reset);
  by("show-guide").addEventListener("click", () => keepGuide("shown"));
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button?.dataset.days) walk(Number(button.dataset.days));
    if (button && "next" in button.dataset) toNextFollowUp();
    if (button?.dataset.person) become(button.dataset.person);
  });
  document.addEventListener("worldchanged", showGuide);

  showTheme();
  showDay(by("today").dateTime);
  const arrived = sessionStorage.getItem("arrived");
  sessionStorage.removeItem("arrived");
  if (arrived) say(arrived);
  showGuide();
  watch();
})();
