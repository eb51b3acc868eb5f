import { card, kinds, products } from './catalogue.js';

const form = document.querySelector('#filters');
const shelf = document.querySelector('#shelf');
const found = document.querySelector('#found');

function show(kind) {
  const shown = products.filter((product) => kind === 'all' || product.kind === kind);
  shelf.innerHTML = shown.map(card).join('');
  found.textContent = `${shown.length} pieces`;
}

const asked = new URLSearchParams(location.search).get('kind');
const kind = Object.hasOwn(kinds, asked ?? '') ? asked : 'all';
form.elements.kind.value = kind;
form.addEventListener('change', () => show(form.elements.kind.value));
show(kind);
