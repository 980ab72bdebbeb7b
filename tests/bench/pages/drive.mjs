// Drives a real browser over the customers' pages. Reads a plan (JSON) on stdin, writes findings (JSON) on stdout.
import { chromium } from "playwright-core";
import { createRequire } from "node:module";
import { readFileSync, mkdirSync } from "node:fs";

const plan = JSON.parse(readFileSync(0, "utf8"));
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({ executablePath: plan.chromium, args: ["--no-sandbox", "--disable-gpu"] });
const found = { requests: [], transferred: [], foreign: 0, scans: 0, axe: [], checked: 0, keyboard: null, plain: null, overflow: [] };
if (plan.shots) mkdirSync(plan.shots, { recursive: true });

async function weigh() {
  for (const url of plan.weigh) {
    const context = await browser.newContext();
    const page = await context.newPage();
    let count = 0;
    let bytes = 0;
    const bodies = [];
    page.on("response", (answer) => {
      if (answer.url().startsWith("data:")) return;
      count += 1;
      if (!answer.url().startsWith(plan.base)) found.foreign += 1;
      bodies.push(answer.body().then((body) => (bytes += body.length)));
    });
    await page.goto(url, { waitUntil: "networkidle" });
    await Promise.all(bodies);
    found.requests.push(count);
    found.transferred.push(bytes);
    await context.close();
  }
}

async function scan() {
  // Like a mail scanner that runs scripts: opens the link, follows what it shows, presses what can be pressed.
  const context = await browser.newContext();
  const page = await context.newPage();
  for (const [place, url] of plan.scan.entries()) {
    await page.goto(place % 4 === 1 ? `${url}?a=${1 + (place % 5)}` : url);
    if (place % 4 === 2) await page.locator("summary").first().click();
    if (place % 4 === 3) {
      await page.evaluate(() => document.querySelectorAll("a").forEach((link) => fetch(link.href).catch(() => {})));
      await page.locator("form button").first().click();
      await page.waitForLoadState();
    }
    found.scans += 1;
  }
  await context.close();
}

async function reach(page, state) {
  await page.goto(state.url);
  for (const step of state.steps ?? []) {
    if (step.check) await page.locator(step.check).check({ force: true });
    if (step.fill) await page.locator(step.fill).fill(step.text);
    if (step.press) await Promise.all([page.waitForLoadState(), page.locator(step.press).click()]);
  }
}

async function look() {
  for (const state of plan.states) {
    const context = await browser.newContext({ bypassCSP: true });
    const page = await context.newPage();
    await reach(page, state);
    await page.evaluate(axeSource);
    for (const width of plan.widths) {
      for (const scheme of ["light", "dark"]) {
        await page.setViewportSize({ width, height: 800 });
        await page.emulateMedia({ colorScheme: scheme });
        const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
        found.checked += 1;
        for (const one of result.violations) {
          found.axe.push({ state: state.name, width, scheme, id: one.id, impact: one.impact, nodes: one.nodes.map((node) => node.target.join(" ")).slice(0, 5) });
        }
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (wide > 0) found.overflow.push({ state: state.name, width, by: wide });
        if (plan.shots) await page.screenshot({ path: `${plan.shots}/${state.name}-${width}-${scheme}.png`, fullPage: true });
      }
    }
    await context.close();
  }
}

async function keyboard() {
  // Only keys: Tab to each group, arrows or Space to choose, text typed, Enter on the button.
  const context = await browser.newContext({ javaScriptEnabled: true });
  const page = await context.newPage();
  await page.goto(plan.keyboard);
  await page.waitForTimeout(plan.patience);
  const done = new Set();
  for (let step = 0; step < 80; step += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const one = document.activeElement;
      return { tag: one.tagName, type: one.type ?? "", name: one.name ?? "", ring: getComputedStyle(one.nextElementSibling ?? one).outlineStyle + getComputedStyle(one).outlineStyle };
    });
    if (!at.ring.includes("solid") && !at.ring.includes("auto")) { found.keyboard = { error: `no focus ring on ${at.tag} ${at.name}` }; break; }
    if (at.type === "radio" && !done.has(at.name)) { await page.keyboard.press("Space"); await page.keyboard.press("ArrowDown"); done.add(at.name); }
    if (at.tag === "TEXTAREA" && !done.has(at.name)) { await page.keyboard.type("Typed with keys only"); done.add(at.name); }
    if (at.tag === "BUTTON") { await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]); found.keyboard = { heading: await page.locator("h1").innerText(), answered: [...done] }; break; }
  }
  await context.close();
}

async function plain() {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(plan.plain.url);
  await page.waitForTimeout(plan.patience);
  const before = await page.locator(plan.plain.hidden).isVisible();
  await page.locator(plan.plain.low).check({ force: true });
  const after = await page.locator(plan.plain.hidden).isVisible();
  for (const one of plan.plain.check) await page.locator(one).check({ force: true });
  await Promise.all([page.waitForLoadState(), page.locator("form button").click()]);
  found.plain = { before, after, heading: await page.locator("h1").innerText() };
  await context.close();
}

if (plan.weigh) await weigh();
if (plan.scan) await scan();
if (plan.states) await look();
if (plan.keyboard) await keyboard();
if (plan.plain) await plain();
await browser.close();
process.stdout.write(JSON.stringify(found));
