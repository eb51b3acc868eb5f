// A script element for another file of the collector, as the page's policies want it.
const tag = document.currentScript;

export const scriptOf = (address, queue) => {
  // A form may have that name.
  const script = Reflect.apply(Document.prototype.createElement, document, ['script']);
  let src = address;
  try {
    queue.policy = queue.policy || trustedTypes.createPolicy('waymark', { createScriptURL: (url) => url });
    src = queue.policy.createScriptURL(src);
  } catch {}
  script.crossOrigin = 'anonymous';
  script.nonce = tag && tag.nonce;
  script.src = src;
  return script;
};
