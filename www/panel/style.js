// The panel's style.

export const STYLE = `
  :host { display: block; }
  :host([hidden]), [hidden] { display: none !important; }
  .panel {
    all: initial; display: block; box-sizing: border-box; max-width: 54rem; color-scheme: light; overflow-wrap: anywhere;
    --accent: var(--waymark-panel-accent, #1d5f8a); --on-accent: var(--waymark-panel-accent-ink, #fff);
    --surface: var(--waymark-panel-surface, #fff); --ink: var(--waymark-panel-ink, #1b2127);
    --muted: var(--waymark-panel-muted, #566069); --line: var(--waymark-panel-line, #dce1e5);
    --radius: var(--waymark-panel-radius, 12px); --on: #1c7a45; --off: #6b747c; --wait: #a0620a; --bad: #b3261e;
    --font: var(--waymark-panel-font, system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif);
    --code: ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace;
    padding: clamp(1.1rem, 4vw, 2rem); border: 1px solid var(--line); border-radius: var(--radius);
    background: var(--surface); color: var(--ink); font: 1rem/1.55 var(--font);
  }
  @media (prefers-color-scheme: dark) {
    :host(:not([theme='light'])) .panel {
      color-scheme: dark; --accent: var(--waymark-panel-accent, #8cc4ea); --on-accent: var(--waymark-panel-accent-ink, #0b2233);
      --surface: var(--waymark-panel-surface, #171b1f); --ink: var(--waymark-panel-ink, #e8ecef);
      --muted: var(--waymark-panel-muted, #a3adb5); --line: var(--waymark-panel-line, #323a41);
      --on: #6ccf95; --off: #98a2aa; --wait: #e8b266; --bad: #ff9b91;
    }
  }
  * { box-sizing: border-box; }
  h2, h3, p, ul, ol, dl, dd, pre { margin: 0; padding: 0; }
  ul, ol { list-style: none; }
  h2, h3 { font-family: var(--waymark-panel-heading-font, inherit); font-weight: var(--waymark-panel-heading-weight, 650); line-height: 1.2; text-wrap: balance; }
  h2 { font-size: 1.55rem; letter-spacing: -0.01em; }
  h3 { margin-bottom: 0.5rem; font-size: 1.1rem; }
  p { max-width: 42rem; text-wrap: pretty; }
  .muted { color: var(--muted); font-size: 0.9rem; }
  code, pre { font-family: var(--code); font-size: 0.84rem; }
  pre { margin-top: 0.6rem; padding: 0.8rem; max-height: 22rem; overflow: auto; border: 1px solid var(--line); border-radius: 8px;
    line-height: 1.5; white-space: pre-wrap; background: color-mix(in srgb, var(--ink) 4%, transparent); }
  section { margin-top: 1.6rem; padding-top: 1.4rem; border-top: 1px solid var(--line); }
  .now { margin-top: 1.2rem; padding: 0; border: 0; }
  .now h3 { display: flex; align-items: baseline; gap: 0.6rem; margin-bottom: 0.35rem; font-size: 1.2rem; }
  .now h3::before { content: ''; flex: none; width: 0.7rem; height: 0.7rem; border-radius: 50%; background: var(--off); }
  .now.on h3::before { background: var(--on); }
  .now.held h3::before, .now.anonymous h3::before { background: var(--wait); }
  .scale { display: grid; grid-template-columns: repeat(4, 1fr); gap: 0.3rem; max-width: 32rem; margin: 1rem 0; font-size: 0.82rem; color: var(--muted); }
  .scale li { padding-top: 0.4rem; border-top: 5px solid var(--line); }
  .scale .within { border-color: var(--accent); }
  .scale .here { color: var(--ink); font-weight: 650; }
  .now p + p { margin-top: 0.6rem; }
  .caps { margin-top: 0.5rem; max-width: 42rem; }
  .caps div { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1.5rem; padding: 0.4rem 0; border-bottom: 1px solid var(--line); font-size: 0.92rem; }
  .caps dt::first-letter, .caps dd::first-letter { text-transform: uppercase; }
  .caps dd { color: var(--muted); }
  .caps .lowest { font-weight: 650; } .caps .lowest dd { color: inherit; }
  .actions { display: flex; flex-wrap: wrap; gap: 0.6rem; margin-top: 1.3rem; }
  button { min-height: 2.75rem; padding: 0.5rem 1.1rem; border: 1.5px solid var(--accent); border-radius: calc(var(--radius) * 0.75);
    background: transparent; color: var(--accent); font: 600 0.95rem/1.2 var(--font); cursor: pointer; }
  button:hover { background: color-mix(in srgb, var(--accent) 12%, transparent); }
  button.strong { background: var(--accent); color: var(--on-accent); }
  button.strong:hover { background: color-mix(in srgb, var(--accent) 86%, var(--ink)); }
  button[aria-disabled='true'] { opacity: 0.55; cursor: default; }
  :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 6px; }
  .confirm { margin-top: 1rem; padding: 1rem 1.1rem; border: 1.5px solid var(--bad); border-radius: var(--radius); }
  .confirm .actions { margin-top: 0.9rem; }
  .status { margin-top: 0.9rem; font-weight: 600; } .status:empty { margin: 0; } .status.bad { color: var(--bad); }
  .items > li { padding: 0.75rem 0; border-top: 1px solid var(--line); } .items > li:first-child { padding-top: 0; border: 0; } .muted + .items, .caps + .muted, div > .muted { margin-top: 0.6rem; }
  .items > li > code:first-child { font-weight: 700; }
  details { margin-top: 0.3rem; }
  summary { width: fit-content; padding: 0.3rem 0; color: var(--accent); font-weight: 600; font-size: 0.92rem; cursor: pointer; }
  .id { display: block; margin: 0.4rem 0; font-size: 0.95rem; }
`;
