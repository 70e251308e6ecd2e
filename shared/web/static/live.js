/* Live news on every page of a desk. Without this script every page works; it only comes later. */
"use strict";
(() => {
  const body = document.body;
  const account = body.dataset.live;
  if (!account || !window.EventSource) return;

  const stored = `tsunagi-last-${account}`;
  const withoutNumber = (title) => title.replace(/^\(\d+\) /, "");
  let plainTitle = withoutNumber(document.title);
  const link = document.querySelector("[data-unread-count]");
  const box = document.querySelector("[data-news]");
  const channel = window.BroadcastChannel ? new BroadcastChannel(`tsunagi-${account}`) : null;
  let last = Number(body.dataset.last || sessionStorage.getItem(stored) || -1);
  let source = null;
  let wait = 1000;
  let waiting = 0;
  let stale = false;
  let broken = false;
  let looks = [];
  let asked = 0;
  let shown = 0;
  let again = 0;
  let pause = 0;

  const seen = (number) => {
    if (number <= last) return false;
    last = number;
    sessionStorage.setItem(stored, String(last));
    return true;
  };

  const showUnread = (unread) => {
    link.textContent = unread > 0 ? String(unread) : "";
    link.hidden = unread === 0;
    // A refused form is said first, before any number.
    if (!document.querySelector("main [role=alert]")) {
      document.title = (unread > 0 ? `(${unread}) ` : "") + plainTitle;
    }
  };

  /* The three newest messages, the last one below, until somebody puts them away. */
  const say = (words, href, label) => {
    const line = document.createElement("p");
    const anchor = document.createElement("a");
    anchor.href = href;
    anchor.textContent = label;
    line.append(words, anchor);
    if (box.childElementCount === 0) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "quiet small";
      button.textContent = "閉じる";
      button.addEventListener("click", () => box.replaceChildren());
      box.append(button);
    }
    box.append(line);
    const lines = box.querySelectorAll("p");
    if (lines.length > 3) lines[0].remove();
    return line;
  };

  /* Regions that the server renders again, unless somebody works in one of them. */
  const touched = (region) =>
    region.contains(document.activeElement) ||
    region.querySelector("details[open]") !== null ||
    [...region.querySelectorAll("input, select, textarea")].some((field) =>
      field.tagName === "SELECT"
        ? [...field.options].some((one) => one.selected !== one.defaultSelected && one.value !== "")
        : field.value !== field.defaultValue || field.checked !== field.defaultChecked);

  /* What somebody works in stays, unless the page shows less by now: that goes whatever is typed. */
  const shows = (region) => (region.dataset.sight || "").split(" ");
  const lost = (region, next) => shows(region).some((one) => !shows(next).includes(one));

  /* A form that shows nothing of the record has nothing to lose. */
  const blank = (region) => region.dataset.keeps !== undefined && region.dataset.sight === undefined;

  /* What was chosen and typed stays, but only where no form is filled in from a record. */
  const carry = (region, next, refused) => {
    if (region.dataset.keeps === undefined) return;
    const there = [...next.querySelectorAll("input, select, textarea")];
    for (const field of region.querySelectorAll("input, select, textarea")) {
      const ticked = field.type === "checkbox" || field.type === "radio";
      const same = there.find((one) => one.name === field.name && (!ticked || one.value === field.value));
      if (!same) continue;
      if (ticked) same.checked = field.checked;
      else if (field.tagName === "SELECT") {
        if ([...same.options].some((one) => one.value === field.value)) same.value = field.value;
      } else if (refused || field.value !== field.defaultValue) same.value = field.value;
    }
  };

  const plain = (region) => region.outerHTML.replace(/(name="form_key" value=")[^"]*/g, "$1");

  /* Behind a refused form the address is that of the POST; the page has one of its own. */
  const ownPage = () => document.querySelector("[data-page]")?.dataset.page;

  const offer = () => {
    if (box.querySelector("[data-again]")) return;
    say("新しい動きがあります。", ownPage() || location.pathname, "この画面を開き直す").dataset.again = "";
  };

  /* What somebody wrote themselves: not what the page put there, and no number of a slip. */
  const written = (place) => [...place.querySelectorAll("textarea, input[type=text]:not([name=code])")].filter((field) => {
    const began = field.form?.querySelector(`input[name="began-${field.name}"]`);
    const own = !began || began.dataset.same === undefined || field.value !== field.defaultValue;
    return own && field.value.trim() !== "";
  });

  const labelOf = (field) => field.labels[0]?.firstChild.textContent.trim() || "";

  /* It stays to be copied where its form leaves the page. The server says it so too: own_words.html. */
  const giveBack = (texts, main) => {
    if (texts.length === 0) return;
    const section = document.createElement("section");
    section.className = "notice warn";
    const heading = document.createElement("h2");
    heading.textContent = "書いた文";
    const how = document.createElement("p");
    how.textContent = "記録はしていませんが、書いた文はここにあります。必要なところを写してお使いください。この画面を閉じると消えます。";
    section.append(heading, how);
    for (const { words, text } of texts) {
      const label = document.createElement("label");
      const copy = document.createElement("textarea");
      copy.readOnly = true;
      copy.value = text;
      label.append(words, copy);
      section.append(label);
    }
    main.firstElementChild.after(section);
  };

  const texts = (fields) => fields.map((field) => ({ words: labelOf(field), text: field.value }));

  /* What one may not see any more does not stay on the screen; the page says what happened. */
  const takeAway = () => {
    plainTitle = "見られなくなりました";
    document.title = plainTitle;
    const heading = document.createElement("h1");
    heading.textContent = "この画面の記録は、見られなくなりました";
    const main = document.getElementById("main");
    const left = texts(written(main));
    main.replaceChildren(heading);
    giveBack(left, main);
    say("差し戻しや取り下げ、内容の訂正などで、この画面の記録は見られなくなりました。", "/referral/inbox", "つなぎの一覧へ");
  };

  /* A page that could not be fetched is asked for again, less and less often, until it comes. */
  const lookAgain = () => {
    clearTimeout(again);
    pause = Math.min((pause || 500) * 2, 30000);
    again = setTimeout(look, pause * (0.75 + Math.random() / 2));
  };

  const look = async () => {
    if (!document.querySelector("[data-live-region]")) return;
    if (document.hidden) { stale = true; return; }
    stale = false;
    clearTimeout(again);
    const refused = document.querySelector("main [role=alert], main [data-kept]") !== null;
    const mine = ++asked;
    const from = ownPage() || location.href;
    const answer = await fetch(from, { headers: { "X-Live": "1" } }).catch(() => null);
    const text = answer && answer.ok ? await answer.text().catch(() => null) : "";
    if (mine < shown) return;
    if (!answer || text === null || answer.status >= 500 || answer.status === 429) { lookAgain(); return; }
    pause = 0;
    shown = mine;
    clearTimeout(again);
    if (answer.status === 404) { takeAway(); return; }
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(text, "text/html");
    const regions = [...document.querySelectorAll("[data-live-region]")];
    const less = regions.some((one) => lost(one, fresh.getElementById(one.id) || one));
    if (refused && !less) return;
    const left = [];
    for (const region of regions) {
      const next = fresh.getElementById(region.id);
      if (!next || plain(next) === plain(region)) continue;
      if (touched(region) && (!less || blank(region))) { offer(); continue; }
      carry(region, next, refused);
      const there = written(next);
      left.push(...texts(written(region).filter((one) => !there.some((kept) => kept.id === one.id && kept.value === one.value))));
      region.replaceWith(document.adoptNode(next));
    }
    giveBack(left, document.getElementById("main"));
    plainTitle = withoutNumber(fresh.title);
    if (fresh.body.dataset.unread !== undefined) showUnread(Number(fresh.body.dataset.unread));
  };

  /* Some pages hear of it a moment later than this stream: look twice. */
  const lookSoon = () => {
    pause = 0;
    looks.forEach(clearTimeout);
    looks = [setTimeout(look, 50), setTimeout(look, 900)];
  };

  /* Consent ends with a day, and nobody acts: each page looks again as the day in Japan changes. */
  const lookAtMidnight = () => {
    const day = 86400000;
    const left = day - ((Date.now() + 9 * 3600000) % day);
    setTimeout(() => { lookSoon(); lookAtMidnight(); }, left + 1000);
  };

  const hear = (told) => {
    if (!seen(told.number)) return;
    showUnread(told.unread);
    say(`お知らせ：${told.words}`, told.link, "開く");
    lookSoon();
  };

  const close = () => {
    clearTimeout(waiting);
    if (source) source.close();
    source = null;
  };

  const open = () => {
    close();
    const behind = last >= 0 ? `?after=${last}` : "";
    source = new EventSource(`/referral/api/notifications/stream${behind}`);
    source.addEventListener("unread", (event) => {
      wait = 1000;
      if (last < 0) seen(Number(event.lastEventId));
      showUnread(JSON.parse(event.data).unread);
      // What others did while the line was gone is not told again.
      if (broken) lookSoon();
      broken = false;
    });
    source.addEventListener("notification", (event) => {
      const told = JSON.parse(event.data);
      hear(told);
      if (channel) channel.postMessage({ told });
    });
    source.addEventListener("stir", () => {
      lookSoon();
      if (channel) channel.postMessage({ stir: true });
    });
    source.addEventListener("error", () => {
      broken = true;
      // A broken line comes back by itself; one that was refused (503) would not.
      if (source && source.readyState === EventSource.CLOSED) {
        close();
        waiting = setTimeout(open, wait);
        wait = Math.min(wait * 2, 60000);
      }
    });
    if (channel) channel.postMessage({ opened: true });
  };

  /* A browser opens only six lines to one server: hidden tabs share the line of another one. */
  if (channel) {
    channel.addEventListener("message", ({ data }) => {
      // What stirs while no tab has a line is not told again: this one looks once it has its own.
      if (data.opened && document.hidden) { close(); broken = true; }
      if (data.closed && document.hidden && !source) waiting = setTimeout(open, Math.random() * 1000);
      if (data.told) hear(data.told);
      if (data.stir) lookSoon();
    });
    window.addEventListener("pagehide", () => {
      if (source) channel.postMessage({ closed: true });
      close();
    });
    window.addEventListener("pageshow", (event) => { if (event.persisted) open(); });
  }
  window.addEventListener("online", () => { if (pause) look(); });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    if (!source) open();
    if (stale) look();
  });

  lookAtMidnight();
  if (body.dataset.last) sessionStorage.setItem(stored, body.dataset.last);
  open();
})();
