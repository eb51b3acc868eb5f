// The basket: how many of each product, kept in this browser only.

import { find } from './catalogue.js';

const KEY = 'shop-basket';
const FREE_DELIVERY_FROM = 60;
const DELIVERY = 5;

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

function write(counts) {
  try {
    localStorage.setItem(KEY, JSON.stringify(counts));
  } catch {
    // A browser that keeps nothing still has a shop to look at.
  }
  dispatchEvent(new Event('basket-change'));
}

export const lines = () =>
  Object.entries(read())
    .map(([slug, count]) => ({ product: find(slug), count }))
    .filter(({ product, count }) => product && count > 0);

export const pieces = () => lines().reduce((sum, { count }) => sum + count, 0);

export function sums() {
  const goods = lines().reduce((sum, { product, count }) => sum + product.price * count, 0);
  const delivery = goods >= FREE_DELIVERY_FROM ? 0 : DELIVERY;
  return { goods, delivery, total: goods + delivery };
}

export function put(slug, count) {
  const counts = read();
  if (count > 0) counts[slug] = Math.min(count, 20);
  else delete counts[slug];
  write(counts);
}

export const add = (slug, count) => put(slug, (read()[slug] ?? 0) + count);

export const empty = () => write({});
