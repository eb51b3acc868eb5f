// What the pages of the table replace (replaced.js), one name at a time.

// Each is replaced by a function that throws, by one that does nothing, and by what is no function; getters likewise.
const REPLACED = `
  Promise Promise.resolve Promise.reject Promise.prototype.then Promise.prototype.catch Promise.prototype.constructor
  JSON JSON.stringify JSON.parse
  Object Object.is Object.keys Object.entries Object.assign Object.create Object.freeze Object.fromEntries
  Object.defineProperty Object.getPrototypeOf Object.getOwnPropertyDescriptor Object.prototype.toString
  Object.prototype.hasOwnProperty Object.prototype.constructor
  Array Array.from Array.isArray Array.prototype.push Array.prototype.splice Array.prototype.map Array.prototype.find
  Array.prototype.forEach Array.prototype.includes Array.prototype.@iterator Array.prototype.keys Array.prototype.toJSON
  Function Function.prototype.call Function.prototype.apply Function.prototype.bind Function.prototype.toString
  String String.prototype.replace String.prototype.slice String.prototype.split String.prototype.charCodeAt
  String.prototype.endsWith String.prototype.@iterator String.prototype.toJSON
  Number Number.prototype.toJSON Boolean Symbol Error RegExp.prototype.test RegExp.prototype.exec
  Map Map.prototype.get Map.prototype.keys Set Set.prototype.add WeakMap Proxy
  Reflect Reflect.get Reflect.set Reflect.apply Reflect.deleteProperty
  Date Date.now Date.prototype.getTimezoneOffset Math Math.random
  Uint8Array Uint8Array.from DataView DataView.prototype.setInt32 DataView.prototype.setFloat64 DataView.prototype.buffer
  TypedArray.prototype.subarray TypedArray.prototype.set TypedArray.prototype.byteLength ArrayBuffer
  TextDecoder TextDecoder.prototype.decode TextEncoder TextEncoder.prototype.encodeInto
  WebAssembly WebAssembly.compile WebAssembly.Module WebAssembly.Instance WebAssembly.Memory.prototype.buffer
  WebAssembly.Table.prototype.get WebAssembly.Table.prototype.set FinalizationRegistry
  FinalizationRegistry.prototype.register FinalizationRegistry.prototype.unregister
  encodeURIComponent decodeURIComponent atob URL URLSearchParams
  performance Performance.prototype.now console console.warn crypto Crypto.prototype.getRandomValues
  setTimeout clearTimeout queueMicrotask requestIdleCallback
  fetch fetchLater Response Response.prototype.text Response.prototype.status Response.prototype.headers
  Response.prototype.body Headers.prototype.get AbortController AbortController.prototype.abort
  AbortController.prototype.signal CompressionStream ReadableStream.prototype.pipeThrough
  Event EventTarget EventTarget.prototype.addEventListener EventTarget.prototype.removeEventListener addEventListener
  document.addEventListener StorageEvent.prototype.key
  navigation history History.prototype.pushState History.prototype.replaceState
  localStorage sessionStorage Storage Storage.prototype.getItem Storage.prototype.setItem Storage.prototype.removeItem
  Storage.prototype.key Storage.prototype.length
  Document Document.prototype.title Document.prototype.cookie Document.prototype.visibilityState
  Document.prototype.querySelector Document.prototype.createElement Document.prototype.head
  Document.prototype.currentScript Document.prototype.prerendering Element Element.prototype.append
  Element.prototype.getAttribute Node Node.prototype.appendChild Node.prototype.textContent
  HTMLScriptElement.prototype.src HTMLScriptElement.prototype.async HTMLElement.prototype.dataset
  HTMLElement.prototype.onerror HTMLElement.prototype.onload
  Navigator Navigator.prototype.userAgent Navigator.prototype.userAgentData Navigator.prototype.locks
  Navigator.prototype.doNotTrack NavigatorUAData.prototype.brands NavigatorUAData.prototype.platform
  LockManager.prototype.request
  Window innerWidth innerHeight top self global frames trustedTypes TrustedTypePolicyFactory.prototype.createPolicy
`
  .trim()
  .split(/\s+/);

// Members that every object of the page has from here on, where a page extends Object.prototype as it likes.
const INHERITED = `
  evil get set value writable q used then toJSON ok error method body signal keepalive cache mode capture once timeout
  a b module site level collector
`
  .trim()
  .split(/\s+/);

// Elements whose id or name shadows a member of window or document.
const SHADOWING = `
  <nav id=navigation></nav>
  <div id=performance></div>
  <div id=fetchLater></div>
  <div id=CompressionStream></div>
  <a id=requestIdleCallback href=x>x</a>
  <div id=waymark></div>
  <div id=trustedTypes></div>
  <div id=global></div>
  <img name=title>
  <img name=cookie>
  <img name=head>
  <img name=currentScript>
  <img name=visibilityState>
  <img name=prerendering>
  <img name=defaultView>
  <form name=createElement></form>
  <form name=querySelector></form>
  <form name=documentElement></form>
  <form name=addEventListener></form>
  <form name=body></form>
  <iframe name=navigation></iframe>
  <iframe name=waymark></iframe>
  <object id=location></object>
`
  .trim()
  .split(/\n\s*/);

// Where a page cannot await any promise, or the snippet's own name on its function is what throws.
const UNUSABLE = { 'Promise.prototype.constructor': 'is 42', q: 'setter throws', used: 'setter throws' };
