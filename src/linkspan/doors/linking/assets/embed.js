// Linkspan on the page of a product: opens the link page in a window of its own, waits for it, and tells how it went.
//
//   <script src="https://linkspan.example.com/connect/embed.js"></script>
//   Linkspan.link({ token, onSuccess: ({ id, provider }) => …, onCancel: () => …, onError: ({ code, message }) => … });
//
// onProblem({ code, message }): a try went wrong, and the person may try again; onClose(): it is over, however it ended.
//
// `token`: the session token that your server got. `mode`: "popup" (default) or "page", which leaves your page and comes back to the
// session's return_url. `container`: an element to show the panel in, in place of a dialog. A strict content security policy needs:
// script-src, connect-src and form-action with Linkspan's origin; nothing inline, no style-src. The panel is light or dark as your page's
// color-scheme is.

var Linkspan = (() => {
  "use strict";
  const here = document.currentScript ? new URL(document.currentScript.src).origin : location.origin;
  const EVERY = 1500;
  const FEATURES = "popup,width=560,height=760";
  let number = 0;

  const LOOK = `
    :host { all: initial; color-scheme: inherit; }
    * { box-sizing: border-box; }
    dialog, section { font: 16px/1.5 system-ui, sans-serif; color: light-dark(#12262c, #e5eeed); background: light-dark(#fff, #142429); border: 1px solid light-dark(#d3dddc, #284048); border-radius: 14px; padding: 24px; }
    dialog { width: min(26rem, calc(100vw - 2rem)); box-shadow: 0 24px 60px -20px rgb(18 38 44 / 45%); }
    dialog::backdrop { background: rgb(18 38 44 / 45%); }
    section { width: 100%; }
    h2 { font-size: 1.2rem; line-height: 1.25; margin: 0 0 8px; }
    p { margin: 0 0 16px; color: light-dark(#4b6067, #a2b6b9); }
    p.bad { color: light-dark(#9c3324, #f3a091); }
    div { display: flex; flex-wrap: wrap; gap: 8px; }
    button { font: inherit; font-weight: 600; min-height: 44px; padding: 8px 18px; border-radius: 8px; cursor: pointer; border: 1px solid light-dark(#23606e, #86cbd8); background: light-dark(#23606e, #86cbd8); color: light-dark(#fff, #08222a); }
    button.quiet { background: transparent; color: light-dark(#23606e, #86cbd8); border-color: light-dark(#9fb3b4, #54717a); }
    button:focus-visible { outline: 3px solid light-dark(#154552, #b2e1ea); outline-offset: 2px; }`;

  /** The panel: what happens in the other window, and what one can do meanwhile. */
  class Panel {
    constructor(container) {
      this.host = document.createElement("div");
      const root = this.host.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(LOOK);
      root.adoptedStyleSheets = [sheet];
      this.box = document.createElement(container ? "section" : "dialog");
      this.box.setAttribute("aria-labelledby", "title");
      this.title = this.add("h2", this.box);
      this.title.id = "title";
      this.text = this.add("p", this.box);
      this.text.setAttribute("role", "status");
      const row = this.add("div", this.box);
      this.again = this.add("button", row);
      this.cancel = this.add("button", row);
      this.cancel.className = "quiet";
      this.cancel.textContent = "Cancel";
      root.append(this.box);
      (container ?? document.body).append(this.host);
      if (!container) this.box.showModal();
    }

    add(name, parent) {
      const element = document.createElement(name);
      if (name === "button") element.type = "button";
      parent.append(element);
      return element;
    }

    say(title, text, again, bad = false) {
      this.title.textContent = title;
      this.text.textContent = text;
      this.text.className = bad ? "bad" : "";
      this.again.textContent = again;
    }

    remove() {
      if (this.box.open) this.box.close();
      this.host.remove();
    }
  }

  /** One linking, from the click to its end. */
  class Linking {
    constructor(options) {
      this.options = options;
      this.base = (options.baseUrl ?? here).replace(/\/$/, "");
      this.name = `linkspan_${Date.now()}_${++number}`;
      this.over = false;
    }

    start() {
      if (this.options.mode === "page") return this.send("_self", "page");
      // At once, while the click still counts: a browser lets no window open later.
      this.window = window.open("", this.name, FEATURES);
      this.panel = new Panel(this.options.container);
      this.panel.again.addEventListener("click", () => this.reopen());
      this.panel.cancel.addEventListener("click", () => this.cancel());
      this.panel.box.addEventListener("cancel", (event) => { event.preventDefault(); this.cancel(); });
      this.waiting();
      return this.begin();
    }

    waiting() {
      if (this.window) this.panel.say("Finish in the other window", "A window has opened in which you link your account.", "Show the window");
      else this.panel.say("Open the window", "Your browser has held the window back. Open it to link your account.", "Open the window");
      this.shut = false;
    }

    async begin() {
      const made = await this.ask("POST", "", { token: this.options.token });
      if (this.over) return;
      if (!made?.id) return this.fail(made);
      this.attempt = made.id;
      if (this.window) this.send(this.name, "popup");
      this.timer = setTimeout(() => this.look(), EVERY);
    }

    /** Sends the token to the window in a form, so that it stands in no address. */
    send(target, kind) {
      const form = document.createElement("form");
      Object.assign(form, { method: "post", action: `${this.base}/connect/open`, target, hidden: true });
      for (const [name, value] of Object.entries({ token: this.options.token, window: kind })) {
        const field = document.createElement("input");
        Object.assign(field, { type: "hidden", name, value });
        form.append(field);
      }
      document.body.append(form);
      form.submit();
      form.remove();
    }

    reopen() {
      if (this.window && !this.window.closed && !this.failed) return this.window.focus();
      this.failed = false;
      this.window = window.open("", this.name, FEATURES);
      this.waiting();
      if (this.window && this.attempt) this.send(this.name, "popup");
    }

    async look() {
      const seen = await this.ask("GET", `/${this.attempt}`);
      if (this.over) return;
      if (seen?.status === "authenticated") return this.end("onSuccess", { id: seen.account.id, provider: this.provider });
      if (seen?.status === "cancelled") return this.end("onCancel");
      if (seen?.status === "expired" || seen?.statusCode === 401) return this.fail(seen);
      if (seen?.status === "error" && !this.failed) this.mend(seen.error);
      if (this.window?.closed && !this.shut && !this.failed) {
        this.shut = true;
        this.panel.say("The window was closed", "The account is not linked yet.", "Open it again", true);
      }
      this.timer = setTimeout(() => this.look(), EVERY);
    }

    /** The sign-in went wrong: the other window says how to go on, and a new try may follow. */
    mend(error) {
      this.failed = true;
      this.panel.say("The account is not linked yet", error.description, "Try again", true);
      this.options.onProblem?.({ code: error.code, message: error.description });
    }

    async cancel() {
      if (this.over) return;
      if (this.attempt) {
        const seen = await this.ask("DELETE", `/${this.attempt}`);
        if (seen?.status === "authenticated") return this.end("onSuccess", { id: seen.account.id, provider: this.provider });
      }
      this.end("onCancel");
    }

    fail(seen) {
      const told = { code: seen?.code ?? "connection_failed", message: seen?.message ?? "Linkspan cannot be reached." };
      if (seen?.status === "expired") Object.assign(told, { code: "connect_session_expired", message: "The time to link has run out." });
      this.end("onError", told);
    }

    end(how, told) {
      if (this.over) return;
      this.over = true;
      clearTimeout(this.timer);
      this.panel.remove();
      if (this.window && !this.window.closed && how !== "onSuccess") this.window.close();
      this.options[how]?.(told);
      this.options.onClose?.();
    }

    async ask(method, path, body) {
      const headers = { "content-type": "application/json", "x-hub-session-token": this.options.token };
      try {
        if (!this.provider) {
          const found = await fetch(`${this.base}/hub/connectors`, { headers });
          this.provider = (await found.json()).integrations?.[0]?.provider;
        }
        const answer = await fetch(`${this.base}/hub/connection_attempts${path}`, { method, headers, body: body && JSON.stringify(body) });
        return await answer.json();
      } catch {
        return null;
      }
    }
  }

  return { link: (options) => { new Linking(options).start(); } };
})();
window.Linkspan = Linkspan;
