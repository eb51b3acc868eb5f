// The overlay's style.

export const STYLE = `
  :host {
    all: initial !important; position: fixed !important; inset: 0 !important; width: auto !important; height: auto !important;
    display: block !important; overflow: hidden !important; background: none !important; pointer-events: none !important;
    z-index: 2147483647 !important; color-scheme: light dark !important;
  }
  * { box-sizing: border-box; }
  .panel, .frames {
    --recorded: #1d6fd8; --censored: #b45309; --hidden: #c02626;
    --surface: #fff; --ink: #17171f; --muted: #5a5a68; --line: #d9d9e2;
    font: 13px/1.45 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif;
  }
  .frames { position: fixed; inset: 0; overflow: hidden; }
  .frames > div { position: absolute; top: 0; left: 0; border: 2px solid var(--recorded); border-radius: 3px; box-shadow: 0 0 0 1px #fffc; overflow: hidden; }
  .frames > .censored, i.censored { --kind: var(--censored); border: 2px dashed var(--censored); }
  .frames > .hidden, i.hidden { --kind: var(--hidden); border: 2px dotted var(--hidden); }
  .frames > .censored, i.censored { background: repeating-linear-gradient(135deg, color-mix(in srgb, var(--censored) 22%, transparent) 0 4px, transparent 4px 10px); }
  .frames > .hidden, i.hidden { background: repeating-linear-gradient(45deg, color-mix(in srgb, var(--hidden) 30%, transparent) 0 3px, transparent 3px 7px); }
  .frames > .chosen { outline: 3px solid var(--ink); outline-offset: -1px; box-shadow: 0 0 0 4px var(--surface); }
  .frames > [hidden] { display: none; }
  .frames span { position: absolute; top: 0; right: 0; max-width: 100%; padding: 0 5px; overflow: hidden; background: var(--kind); color: #fff; font-size: 11px; line-height: 16px; white-space: nowrap; text-overflow: ellipsis; }
  .panel {
    position: fixed; right: 12px; bottom: 12px; width: min(360px, calc(100vw - 24px)); max-height: min(60vh, 520px); overflow: auto; padding: 12px 14px;
    border: 1px solid var(--line); border-radius: 12px; background: var(--surface); color: var(--ink); box-shadow: 0 8px 30px rgb(0 0 0 / .3);
    pointer-events: auto; overflow-wrap: anywhere; text-align: start;
  }
  .panel.aside { right: auto; left: 12px; }
  h2, h3, p, ul, dl, dd, pre { margin: 0; padding: 0; }
  h2 { font-size: 15px; }
  h3 { margin-top: 10px; padding-top: 10px; border-top: 1px solid var(--line); font-size: 14px; }
  ul { display: flex; flex-wrap: wrap; gap: 2px 14px; margin-top: 6px; list-style: none; }
  li { display: flex; align-items: center; gap: 6px; }
  i { width: 18px; height: 12px; border: 2px solid var(--recorded); border-radius: 3px; }
  .status { margin-top: 6px; color: var(--muted); }
  .detail > p { margin-top: 6px; }
  .actions { display: flex; flex-wrap: wrap; gap: 6px; margin-top: 8px; }
  button { min-height: 32px; padding: 4px 10px; border: 1px solid var(--line); border-radius: 8px; background: none; color: var(--ink); font: 550 13px/1.2 inherit; font-family: inherit; cursor: pointer; }
  button:hover { border-color: var(--ink); }
  :focus-visible { outline: 2px solid var(--recorded); outline-offset: 1px; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 12px; margin-top: 8px; }
  dt, .not, small { color: var(--muted); }
  small { font-size: 12px; }
  code, pre { font-family: ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace; font-size: 12px; }
  pre { margin-top: 4px; padding: 8px; border: 1px solid var(--line); border-radius: 8px; white-space: pre-wrap; }
  details { margin-top: 8px; }
  summary { cursor: pointer; }
  @media (prefers-color-scheme: dark) {
    .panel, .frames { --recorded: #6fb0ff; --censored: #c56a14; --hidden: #d84545; --surface: #17181d; --ink: #f0f0f5; --muted: #a9a9b8; --line: #383944; }
    .frames > div { box-shadow: 0 0 0 1px #000c; }
  }
  @media (max-width: 480px) {
    .panel { right: 8px; bottom: 8px; left: 8px; width: auto; max-height: 42vh; }
    .panel.aside { top: 8px; bottom: auto; left: 8px; right: 8px; }
    button { min-height: 40px; }
  }
  @media (forced-colors: active) { .frames > div { border-color: CanvasText; } }
`;
