import { empty, lines, put, sums } from './basket.js';
import { pageOf, picture, pounds } from './catalogue.js';
import { startAsked, startOnce } from './tours.js';

const main = document.querySelector('main');
const list = document.querySelector('#lines');

const line = ({ product, count }) => `
  <li class="line" data-slug="${product.slug}" data-testid="line-${product.slug}">
    ${picture(product, false)}
    <div>
      <h2><a href="${pageOf(product)}">${product.name}</a></h2>
      <div class="line-tools">
        <label class="unseen" for="count-${product.slug}">Quantity of ${product.name}</label>
        <input id="count-${product.slug}" type="number" min="0" max="20" value="${count}">
        <button type="button" class="link-button small" aria-label="Remove ${product.name}">Remove</button>
      </div>
    </div>
    <span class="price">${pounds(product.price * count)}</span>
  </li>`;

function message(picture, title, text) {
  main.innerHTML = `
    <div class="message">
      <img src="/demo/art/${picture}.svg" alt="" width="400" height="400">
      <h1 tabindex="-1" data-testid="message">${title}</h1>
      <p class="lead">${text}</p>
      <p class="actions"><a class="button" href="/demo/products/">Browse the shelf</a></p>
    </div>`;
}

function showSums() {
  const { goods, delivery, total } = sums();
  document.querySelector('#sums').innerHTML = `
    <dt>Goods</dt><dd>${pounds(goods)}</dd>
    <dt>Delivery</dt><dd>${delivery ? pounds(delivery) : 'Free'}</dd>
    <dt class="total">Total</dt><dd class="total" data-testid="total">${pounds(total)}</dd>`;
}

function show() {
  if (!lines().length) return message('harbour-bowl', 'Your basket is empty', 'A bowl is only useful when it is, but a basket is not.');
  list.innerHTML = lines().map(line).join('');
  showSums();
}

const slugOf = (target) => target.closest('[data-slug]').dataset.slug;

list.addEventListener('change', ({ target }) => {
  put(slugOf(target), Math.max(0, Math.floor(Number(target.value) || 0)));
  show();
  document.getElementById(target.id)?.focus();
});
list.addEventListener('click', ({ target }) => {
  if (!target.matches('.link-button')) return;
  put(slugOf(target), 0);
  show();
  main.querySelector('#lines input, h1')?.focus();
});
document.querySelector('#checkout').addEventListener('submit', (event) => {
  event.preventDefault();
  empty();
  message('tide-mug', 'Thank you', 'Your order is packed in straw and leaves on Friday. In a real shop there would have been money involved.');
  document.title = 'Order placed - Saltmarsh';
  main.querySelector('h1').focus();
});

show();
if (!startAsked() && lines().length) startOnce('your-basket');
