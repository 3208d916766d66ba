// The only code that knows Atlassian's bridge. Pages speak htmx; this file gives each request a token and turns events into
// calls of the host: flags, refresh, dialogs, navigation, theme. Connect speaks here through window.AP; another host is one
// more function that returns the same calls.
(() => {
  "use strict";

  const RENEW_EARLY_MS = 30_000;
  const PATIENCE_MS = 8_000;
  const PLACE = /^[\w-]+(\/[\w-]+)*$/;
  const page = document.body ?? document.documentElement;

  function withinPatience(ask, what) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`The host did not answer: ${what}`)), PATIENCE_MS);
      ask((answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
    });
  }

  // Milliseconds for which a token may be reused: its own life less a reserve, so that a wrong clock here does no harm.
  function reuseOf(token) {
    try {
      const body = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
      const { exp, iat } = JSON.parse(atob(body));
      return (exp - iat) * 1000 - RENEW_EARLY_MS || 0;
    } catch {
      return 0;
    }
  }

  function tokenSource(ask) {
    let kept = { token: null, until: 0 };
    let inFlight = null;
    function renew() {
      inFlight ??= withinPatience(ask, "token")
        .then((token) => {
          kept = { token, until: Date.now() + reuseOf(token) };
          return token;
        })
        .finally(() => {
          inFlight = null;
        });
      return inFlight;
    }
    return { current: () => (Date.now() < kept.until ? Promise.resolve(kept.token) : renew()), renew };
  }

  function browserContext() {
    return { locale: navigator.language, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone };
  }

  function connectHost(AP) {
    const tokens = tokenSource((answer) => AP.context.getToken(answer));
    const ask = (call, fallback) => withinPatience(call, "user").catch(() => fallback);
    let known = null;

    function context() {
      const own = browserContext();
      known ??= Promise.all([
        ask((answer) => AP.user.getLocale(answer), own.locale),
        ask((answer) => AP.user.getTimeZone(answer), own.timeZone),
      ]).then(([locale, timeZone]) => ({ locale, timeZone }));
      return known;
    }

    async function authorized(url, init) {
      const send = (token) => fetch(url, { ...init, headers: { ...init.headers, Authorization: `JWT ${token}` } });
      const response = await send(await tokens.current());
      return response.status === 401 ? send(await tokens.renew()) : response;
    }

    function openDialog({ key, title, size, width, height, submit, data }) {
      AP.dialog.create({ key, header: title, size, width, height, chrome: true, submitText: submit, customData: data });
    }

    function actAsDialog(onSubmit) {
      AP.dialog.disableCloseOnSubmit();
      AP.dialog.getButton("submit").enable();
      AP.events.on("dialog.button.click", ({ button }) => button.name === "submit" && onSubmit());
    }

    AP.theming?.initializeTheming();
    AP.events.on("dialog.close", (detail) => tell("dialogclosed", detail));
    return {
      fetch: authorized,
      context,
      openDialog,
      actAsDialog,
      dialogData: () => ask((answer) => AP.dialog.getCustomData(answer), null),
      closeDialog: (result) => AP.dialog.close(result),
      flag: ({ title, body = "", type = "success" }) => AP.flag.create({ title, body, type, close: "auto" }),
      refreshIssue: () => AP.jira.refreshIssuePage(),
      navigate: ({ target, context: where }) => AP.navigator.go(target, where),
      // Only pages have an address of their own; elsewhere the host says nothing, and that is no matter.
      place: () => ask((answer) => AP.history.getState("hash", answer), ""),
      keepPlace: (place) => AP.history?.replaceState(place),
    };
  }

  // Development only: a page opened by itself, outside any host.
  function noHost() {
    const nothing = () => {};
    return {
      fetch: (url, init) => fetch(url, init),
      context: async () => browserContext(),
      dialogData: async () => null,
      place: async () => "",
      keepPlace: nothing,
      openDialog: nothing,
      actAsDialog: nothing,
      closeDialog: nothing,
      flag: nothing,
      refreshIssue: nothing,
      navigate: nothing,
    };
  }

  function tell(name, detail) {
    document.dispatchEvent(new CustomEvent(name, { detail }));
  }

  // An answer that must not replace what the person typed: its text goes to the message line above the page.
  function asPageMessage(body, status, headers = {}) {
    return new Response(body, { status, headers: { ...headers, "HX-Retarget": "#page-message", "HX-Reswap": "innerHTML" } });
  }

  function prepared(name, status) {
    return asPageMessage(document.getElementById(name)?.innerHTML ?? "", status);
  }

  async function keepingTheForm(response) {
    const { status, headers } = response;
    if (status < 400 || status === 409 || status === 422 || headers.has("HX-Retarget")) return response;
    if (status === 401) return prepared("session-expired", status);
    const ours = headers.get("Content-Type")?.startsWith("text/html") && status < 500;
    return ours ? asPageMessage(await response.text(), status) : prepared("server-trouble", status);
  }

  const host = window.AP?.context ? connectHost(window.AP) : noHost();
  const isDialog = page.hasAttribute("data-dialog-page");

  // Replaces the fetch of htmx. Only what a request needs goes on; mode stays same-origin, so no token leaves for elsewhere.
  async function hostFetch(url, { method, headers, body, signal }) {
    try {
      const { locale, timeZone } = await host.context();
      const all = { ...headers, "X-Locale": locale, "X-Time-Zone": timeZone };
      const data = isDialog ? await host.dialogData() : null;
      if (data) all["X-Dialog-Data"] = encodeURIComponent(JSON.stringify(data));
      const request = { method, headers: all, body, signal, mode: "same-origin", credentials: "omit" };
      return await keepingTheForm(await host.fetch(url, request));
    } catch (error) {
      if (error?.name === "AbortError") throw error;
      return prepared("no-connection", 503);
    }
  }

  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    // It would carry the frame's whole address, and with it the token of the page load, into logs.
    delete ctx.request.headers["HX-Current-URL"];
    ctx.fetch = hostFetch;
  });

  // Which of its views a page shows stands in the host's address: a reload comes back to it, and a link leads there.
  const view = () => document.querySelector("[data-place]");
  let kept = view()?.dataset.place;

  function keepPlace() {
    const shown = view()?.dataset.place;
    if (shown === kept) return;
    kept = shown;
    host.keepPlace(shown);
  }

  async function findPlace() {
    const wanted = view() && String(await host.place());
    if (!wanted || wanted === kept || !PLACE.test(wanted)) return;
    const { id, dataset } = view();
    const folder = dataset.placeUrl.slice(0, -dataset.place.length);
    window.htmx.ajax("GET", folder + wanted, { target: `#${id}`, swap: "outerMorph" });
  }

  document.addEventListener("DOMContentLoaded", findPlace);

  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    keepPlace();
    const message = document.getElementById("page-message");
    if (ctx.response?.status < 400) message?.replaceChildren();
    if (ctx.response?.status === 422 && ctx.sourceEvent?.type === "submit") {
      document.querySelector('[aria-invalid="true"]')?.focus();
    }
  });

  document.addEventListener("appflag", ({ detail }) => {
    keepPlace();
    host.flag(detail);
  });
  document.addEventListener("apprefresh", () => host.refreshIssue());
  document.addEventListener("appclose", ({ detail }) => host.closeDialog(detail));

  document.addEventListener("click", ({ target }) => {
    const opener = target.closest("[data-dialog]");
    if (opener) host.openDialog(dialogOf(opener.dataset));
    const way = target.closest("[data-navigate]");
    if (way) host.navigate(JSON.parse(way.dataset.navigate));
  });

  function dialogOf(data) {
    return {
      key: data.dialog,
      title: data.dialogTitle,
      size: data.dialogSize,
      width: data.dialogWidth,
      height: data.dialogHeight,
      submit: data.dialogSubmit,
      data: data.dialogData ? JSON.parse(data.dialogData) : undefined,
    };
  }

  if (isDialog) host.actAsDialog(() => document.querySelector("form")?.requestSubmit());
})();
