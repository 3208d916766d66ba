// The product half of the host: Atlassian's own connect-host.js frames the app and carries the messages; what follows is
// what Jira itself adds to it (who asks, where, tokens, navigation), and the parts of the page that answer the app.
(() => {
  "use strict";

  const { connectHost, jQuery } = window;
  const calls = (window.calls = []);
  const frames = document.querySelectorAll("[data-frame]");
  const where = whereOf(frames[0]?.dataset.frame);

  // Issue and project of the page, as a query string that the sandbox understands.
  function whereOf(address = "") {
    const query = new URLSearchParams(address.split("?")[1] ?? "");
    query.delete("module");
    return query;
  }

  function addressOf(path, module) {
    return `${path}?${new URLSearchParams([["module", module], ...where])}`;
  }

  function record(name, args) {
    calls.push({ name, args });
    return fetch("/_host/calls", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Pretend": "1" },
      body: JSON.stringify({ name, args, at: location.pathname + location.hash }),
      keepalive: true,
    });
  }

  async function ask(address) {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`${address}: ${response.status}`);
    return response.json();
  }

  // Each function of a module gets the app's callback as its last argument.
  function defined(module, functions) {
    const recorded = Object.entries(functions).map(([name, answer]) => [
      name,
      function (...given) {
        const callback = given.pop();
        void record(`${module}.${name}`, given.filter((value) => typeof value !== "function"));
        return answer(callback, ...given);
      },
    ]);
    connectHost.defineModule(module, Object.fromEntries(recorded));
  }

  const contextOf = () => ask(`/_host/context?${where}`);
  const moduleOf = (callback) => callback._context.extension.key;

  function defineModules() {
    defined("context", {
      getToken: (callback) => void ask(addressOf("/_host/token", moduleOf(callback))).then(({ token }) => callback(token)),
      getContext: (callback) =>
        void contextOf().then(({ issue, project, license }) => callback({ jira: { issue, project }, license })),
    });
    defined("user", {
      getCurrentUser: (callback) => void contextOf().then(({ account_id: atlassianAccountId }) => callback({ atlassianAccountId })),
      getLocale: (callback) => void contextOf().then(({ locale }) => callback(locale)),
      getTimeZone: (callback) => void contextOf().then(({ timeZone }) => callback(timeZone)),
    });
    defined("jira", {
      refreshIssuePage: () => repaint(),
      openIssueDialog: (_, key) => location.assign(`/browse/${encodeURIComponent(key)}`),
    });
    defined("navigator", {
      go: (_, target, context = {}) => location.assign(destination(target, context)),
      reload: () => location.reload(),
      getLocation: (callback) => callback({ target: "issue", context: Object.fromEntries(where) }),
    });
    defined("history", {
      getState: (callback) => callback(decodeURIComponent(location.hash.slice(2))),
      pushState: (_, state) => history.pushState(null, "", `#!${encodeURIComponent(String(state))}`),
      replaceState: (_, state) => history.replaceState(null, "", `#!${encodeURIComponent(String(state))}`),
    });
  }

  function destination(target, context) {
    const project = context.projectKey ?? context["project.key"] ?? context.context?.["project.key"];
    if (target === "issue") return `/browse/${encodeURIComponent(context.issueKey)}`;
    if (target === "addonModule" || target === "addonmodule") {
      return project ? `/projects/${encodeURIComponent(project)}/apps/${context.moduleKey}` : `/apps/${context.moduleKey}`;
    }
    if (target === "site") return new URL(context.relativeUrl, location.origin).pathname;
    return project ? `/projects/${encodeURIComponent(project)}` : "/";
  }

  // Jira shows an app's page again after refreshIssuePage; here only what the app may have changed is painted anew.
  async function repaint() {
    const response = await fetch(location.pathname);
    if (!response.ok) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const id of ["comments", "worklogs"]) {
      const [old, now] = [document.getElementById(id), fresh.getElementById(id)];
      if (old && now && old.innerHTML !== now.innerHTML) old.replaceChildren(...now.childNodes);
    }
  }

  async function fill(place) {
    try {
      const extension = await ask(place.dataset.frame);
      jQuery(place).empty().append(connectHost.create(extension));
      place.querySelector("iframe")?.setAttribute("title", place.dataset.title);
    } catch (error) {
      place.replaceChildren(Object.assign(document.createElement("p"), { className: "notice", textContent: `The app's page cannot be shown. ${error.message}` }));
    }
  }

  // Jira draws the flags itself; connect-host hands them to whatever is registered here.
  const flags = {
    create({ title, body, type, close, onClose, id }) {
      // The guide counts flags too, so it looks again once this one is on record.
      record("flag.create", [{ type, title, body }]).then(() => document.dispatchEvent(new CustomEvent("worldchanged")));
      const box = document.createElement("div");
      box.className = `flag ${type}`;
      box.append(
        Object.assign(document.createElement("strong"), { textContent: title }),
        Object.assign(document.createElement("p"), { textContent: body ?? "" }),
      );
      const shut = () => {
        box.remove();
        onClose?.(id);
      };
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: "×", onclick: shut });
      button.setAttribute("aria-label", "Close");
      box.append(button);
      document.getElementById("flags").append(box);
      if (close === "auto") setTimeout(shut, 8000);
      return { close: shut };
    },
  };

  function registerFlags() {
    connectHost.getFrameworkAdaptor().registerModule({
      getModuleRegistrationName: () => "flag",
      isEnabled: () => true,
      getProvider: () => flags,
    });
  }

  function tabs(list) {
    const all = [...list.querySelectorAll("[role=tab]")];
    const choose = (chosen) => {
      for (const tab of all) {
        tab.setAttribute("aria-selected", String(tab === chosen));
        tab.tabIndex = tab === chosen ? 0 : -1;
        document.getElementById(tab.getAttribute("aria-controls")).hidden = tab !== chosen;
      }
    };
    list.addEventListener("click", ({ target }) => all.includes(target) && choose(target));
    list.addEventListener("keydown", ({ key }) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (!step) return;
      const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
      choose(next);
      next.focus();
    });
  }

  document.addEventListener("worldchanged", repaint);
  // A link to another place of the app on this very page: the frame begins anew there.
  window.addEventListener("hashchange", () => frames.forEach(fill));
  document.querySelectorAll("[role=tablist]").forEach(tabs);
  // On a phone the menu would fill the first screen.
  document.getElementById("menu").open = !matchMedia("(max-width: 760px)").matches;
  if (!connectHost) return;
  defineModules();
  registerFlags();
  // A dialog names the module it shows; its address comes from here, as a jQuery promise.
  connectHost.registerContentResolver.resolveByExtension(({ key }) => jQuery.getJSON(addressOf("/_host/frame", key)));
  frames.forEach(fill);
})();
